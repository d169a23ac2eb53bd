"""A desk for every test of the daemon."""

from pathlib import Path

import pytest
from desks import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk with one feed."""
    return Desk(tmp_path / "desk")
