"""defaults.toml and Settings name the same things."""

import tomllib
from pathlib import Path

from presslog.config.load import default_text, load
from presslog.config.settings import Settings


def test_every_setting_stands_in_the_defaults_and_the_other_way_round_in_the_same_order() -> None:
    defaults = tomllib.loads(default_text())

    assert tuple(defaults) == Settings.__struct_fields__


def test_every_default_is_explained() -> None:
    lines = default_text().splitlines()

    keys = [number for number, line in enumerate(lines) if line and line[0].isalpha()]

    assert len(keys) == len(Settings.__struct_fields__) - 1
    assert all(lines[number - 1].startswith("# ") for number in keys)


def test_defaults_alone_are_settings(tmp_path: Path) -> None:
    found = load({}, folder=tmp_path, config=str(an_empty_file(tmp_path)))

    assert set(found.origins.values()) == {"default"}
    assert found.settings.engine == "sqlite"
    assert found.settings.feeds == {}
    assert found.settings.store == str(tmp_path / "store")


def an_empty_file(folder: Path) -> Path:
    path = folder / "presslog.toml"
    path.write_text("")
    return path
