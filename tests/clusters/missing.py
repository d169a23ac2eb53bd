"""What becomes of a test whose server is not installed: skipped, and failed where CI says that all have to be there."""

import os
from typing import NoReturn

import pytest


def missing(what: str, remedy: str) -> NoReturn:
    """End the test for want of a program; ENGINES_REQUIRED=1 makes that a failure."""
    if os.environ.get("ENGINES_REQUIRED"):
        pytest.fail(f"NOT TESTED, and ENGINES_REQUIRED is set: {what} is missing: {remedy}")
    pytest.skip(f"SKIPPED LOUDLY: {what} is missing: {remedy}")
