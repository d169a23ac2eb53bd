"""One boot for all tests: what the scripts inside said."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nspawn.container import boot, prepare, provide


@pytest.fixture(scope="session")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This machine's root with a throw-away layer above it."""
    layer = tmp_path_factory.mktemp("nspawn")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", layer], check=False)
    if mounted.returncode:
        pytest.skip("SKIPPED LOUDLY: this kernel or sandbox lets nobody mount")
    root = layer / "root"
    for name in ("upper", "work", "root"):
        (layer / name).mkdir()
    options = f"lowerdir=/,upperdir={layer / 'upper'},workdir={layer / 'work'}"
    if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=False).returncode:
        subprocess.run(["umount", layer], check=False)
        pytest.skip("SKIPPED LOUDLY: no overlay file system here")
    yield root
    subprocess.run(["umount", root], check=False)
    subprocess.run(["umount", layer], check=False)


@pytest.fixture(scope="session")
def said(overlay: Path) -> dict[str, str]:
    """What the script inside said, from one boot for all tests."""
    provide(overlay)
    prepare(overlay)
    return boot(overlay)
