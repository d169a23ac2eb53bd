"""Tries what the unit forbids, one by one; prints `NAME=1` for each that was denied. Only the standard library.

It runs as ExecStart of a copy of the unit, and once more without any sandbox: what is denied there too proves nothing.
"""

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

STATE, SRV, OTHER = [*sys.argv[1:4], "", "", ""][:3]
"""The state folder, the folder of the feeds, and the pid of a process of another user."""

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET = 0x10000000, 0x00020000, 0x40000000
PTRACE_ATTACH, ADDR_NO_RANDOMIZE, SCHED_FIFO, KEYCTL_SESSION = 16, 0x0040000, 1, 1
INIT_MODULE, IOPL, IOPERM, KEXEC, PERF, BPF = 175, 172, 173, 246, 298, 321
"""Numbers of system calls on x86-64."""


def call(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def system(number: int, *arguments: object) -> None:
    call(LIBC.syscall(number, *arguments))


def write(path: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.close(handle)
    os.unlink(path)


def execute(path: str) -> None:
    subprocess.run([path], check=True)


def execute_own(folder: str) -> None:
    """Execute what was just written into a folder that may be written."""
    program = Path(folder, "true")
    program.write_bytes(Path("/usr/bin/true").read_bytes())
    program.chmod(0o755)
    try:
        execute(str(program))
    finally:
        program.unlink()


def setuid_bit() -> None:
    path = Path(STATE, "setuid")
    path.touch()
    try:
        path.chmod(0o4755)
    finally:
        path.unlink()


def writable_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def code_from_data() -> None:
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    call(LIBC.mprotect(ctypes.c_void_p(address), 4096, mmap.PROT_READ | mmap.PROT_EXEC))


def trace_child() -> None:
    child = os.fork()
    if not child:
        time.sleep(30)
    try:
        call(LIBC.ptrace(PTRACE_ATTACH, child, None, None))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def forked(work: Callable[[], object]) -> Callable[[], None]:
    """Do it in a child, so that what succeeds changes nothing for the next one."""

    def run() -> None:
        child = os.fork()
        if not child:
            try:
                work()
            except OSError as error:
                os._exit(error.errno or 1)
            os._exit(0)
        number = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if number:
            raise OSError(number, os.strerror(number))

    return run


def inet(family: int, kind: int = socket.SOCK_STREAM) -> None:
    socket.socket(family, kind).close()


def listen() -> None:
    with socket.socket(socket.AF_INET) as door:
        door.bind(("127.0.0.1", 0))


def core_dump() -> None:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    except ValueError as error:
        raise PermissionError(errno.EPERM, str(error)) from error


PROBES: dict[str, Callable[[], object]] = {
    "write_etc": lambda: write("/etc/probe"),
    "write_usr": lambda: write("/usr/probe"),
    "write_opt": lambda: write("/opt/presslog/probe"),
    "write_srv": lambda: write(f"{SRV}/probe"),
    "write_var": lambda: write("/var/lib/probe"),
    "write_proc_sys": lambda: Path("/proc/sys/kernel/hostname").write_text("probe"),
    "write_cgroup": lambda: os.mkdir("/sys/fs/cgroup/probe"),
    "read_root": lambda: os.listdir("/root"),
    "read_home": lambda: Path("/home/ann/secret").read_bytes(),
    "read_shadow": lambda: Path("/etc/shadow").read_bytes(),
    "read_key_file": lambda: Path("/etc/credstore/presslog.key").read_bytes(),
    "read_tmp_of_others": lambda: Path("/tmp/secret").read_bytes(),
    "see_process_of_other": lambda: Path(f"/proc/{OTHER}/cmdline").read_bytes(),
    "inet": lambda: inet(socket.AF_INET),
    "inet6": lambda: inet(socket.AF_INET6),
    "netlink": lambda: inet(socket.AF_NETLINK, socket.SOCK_RAW),
    "packet": lambda: inet(socket.AF_PACKET, socket.SOCK_RAW),
    "listen": listen,
    "user_namespace": forked(lambda: call(LIBC.unshare(CLONE_NEWUSER))),
    "mount_namespace": forked(lambda: call(LIBC.unshare(CLONE_NEWNS))),
    "network_namespace": forked(lambda: call(LIBC.unshare(CLONE_NEWNET))),
    "mount": forked(lambda: call(LIBC.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, None))),
    "chroot": forked(lambda: os.chroot("/srv")),
    "writable_code": writable_code,
    "code_from_data": code_from_data,
    "setuid_bit": setuid_bit,
    "become_root": forked(lambda: os.setresuid(0, 0, 0)),
    "ptrace": trace_child,
    "clock_settime": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "kernel_module": lambda: system(INIT_MODULE, None, 0, None),
    "kexec": lambda: system(KEXEC, 0, 0, None, 0),
    "bpf": lambda: system(BPF, 0, None, 0),
    "perf": lambda: system(PERF, None, 0, -1, -1, 0),
    "raw_io": lambda: system(IOPL, 3),
    "io_port": lambda: system(IOPERM, 0x80, 1, 1),
    "dev_mem": lambda: os.open("/dev/mem", os.O_RDONLY),
    "dev_kmsg": lambda: os.open("/dev/kmsg", os.O_RDONLY),
    "block_device": forked(lambda: os.mknod(f"{STATE}/node", 0o060600, os.makedev(7, 0))),
    "realtime": forked(lambda: os.sched_setscheduler(0, SCHED_FIFO, os.sched_param(1))),
    "nice": forked(lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)),
    "personality": forked(lambda: call(LIBC.personality(ADDR_NO_RANDOMIZE))),
    "hostname": forked(lambda: socket.sethostname("probe")),
    "swap": lambda: call(LIBC.swapoff(b"/nowhere")),
    "reboot": lambda: call(LIBC.reboot(0)),
    "exec_from_state": lambda: execute_own(STATE),
    "exec_from_tmp": lambda: execute_own("/tmp"),
    "exec_from_var_tmp": lambda: execute_own("/var/tmp"),
    "exec_from_shm": lambda: execute_own("/dev/shm"),
    "exec_from_srv": lambda: execute(f"{SRV}/program"),
    "core_dump": core_dump,
}


DENIED = {errno.EPERM, errno.EACCES, errno.EROFS, errno.EAFNOSUPPORT}
"""Other errors come from behind the door: the call went through, and found nothing to do."""

HIDDEN = {"write_proc_sys", "read_home", "read_tmp_of_others", "see_process_of_other", "dev_mem", "dev_kmsg"}
"""What the unit makes as if it were not there."""


def is_denied(name: str, probe: Callable[[], object]) -> bool:
    try:
        probe()
    except OSError as error:
        return error.errno in DENIED or (name in HIDDEN and error.errno == errno.ENOENT)
    return False


if __name__ == "__main__":
    for name, probe in PROBES.items():
        print(f"{name}={int(is_denied(name, probe))}", flush=True)
