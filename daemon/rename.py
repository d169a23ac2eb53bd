"""Renaming without overwriting: a name that is taken stays as it is."""

import errno
import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

RENAME_NOREPLACE = 1
"""renameat2(2): the one flag that makes a rename fail with EEXIST instead of replacing."""

_UNKNOWN = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}
_NO_LINKS = {errno.EPERM, errno.EMLINK, *_UNKNOWN}


def rename_if_free(name: bytes, folder: int, new_name: bytes, new_folder: int) -> bool | None:
    """Whether a file got its new name; False where that is taken, None where the file system cannot tell safely.

    The folders are handles. The old name must be ours alone: where the kernel cannot rename without replacing, the
    file has both names for a moment, and the old one is taken away then.

    Raises:
        OSError: it cannot be renamed, whatever stands there.
    """
    number = _renameat2()(folder, name, new_folder, new_name)
    if not number:
        return True
    if number == errno.EEXIST:
        return False
    if number not in _UNKNOWN:
        raise OSError(number, os.strerror(number), name)
    return link_if_free(name, folder, new_name, new_folder)


def link_if_free(name: bytes, folder: int, new_name: bytes, new_folder: int) -> bool | None:
    """The same in two steps, for file systems that know no rename without replacing; None where they know no links."""
    try:
        os.link(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _NO_LINKS:
            return None
        raise
    os.unlink(name, dir_fd=folder)
    return True


@cache
def _renameat2() -> "Callable[[int, bytes, int, bytes], int]":
    """The function of the C library, which Python has not; it answers with 0 or the number of the error."""
    # Only feeds that move or delete files need it, and it takes milliseconds to load.
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return lambda *_: errno.ENOSYS
    function = library.renameat2
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]

    def rename(folder: int, name: bytes, new_folder: int, new_name: bytes) -> int:
        is_done = function(folder, name, new_folder, new_name, RENAME_NOREPLACE) == 0
        return 0 if is_done else ctypes.get_errno()

    return rename
