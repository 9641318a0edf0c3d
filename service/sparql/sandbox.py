"""What a query worker may not do: no network, no files written, no new programs, bounded memory.

The network ban is a seccomp filter (https://docs.kernel.org/userspace-api/seccomp_filter.html) that needs no
privilege: the kernel answers EPERM to every system call that opens or uses a socket. The worker's own channel
works with read(2) and write(2) alone. Where the kernel or the machine has no such filter, `network_ban_holds`
says so and the gate alone stands between a query and the network.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

RET_ALLOW = 0x7FFF0000
RET_ERRNO = 0x00050000
RET_KILL_PROCESS = 0x80000000
LOAD_WORD, JUMP_EQUAL, JUMP_GREATER_EQUAL, RETURN = 0x20, 0x15, 0x35, 0x06
X32_CALLS = 0x40000000  # a second numbering of the same calls on x86-64

# System call numbers: socket, socketpair, bind, listen, accept, connect, sendto, recvfrom, sendmsg, recvmsg,
# accept4, recvmmsg, sendmmsg, io_uring_setup/enter/register (sockets by another door), pidfd_getfd,
# execve, execveat, ptrace, process_vm_readv, process_vm_writev.
DENIED = {
    "x86_64": (
        0xC000003E,
        (41, 53, 49, 50, 43, 42, 44, 45, 46, 47, 288, 299, 307, 425, 426, 427, 438, 59, 322, 101, 310, 311),
    ),
    "aarch64": (
        0xC00000B7,
        (
            198,
            199,
            200,
            201,
            202,
            203,
            206,
            207,
            211,
            212,
            242,
            243,
            269,
            425,
            426,
            427,
            438,
            221,
            281,
            117,
            270,
            271,
        ),
    ),
}


class SandboxError(Exception):
    """The kernel refused a restriction; the sentence says which and why."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: object) -> None:
    if _libc().prctl(option, *arguments) != 0:
        raise SandboxError(f"prctl({option}): {os.strerror(ctypes.get_errno())}")


def filter_program(machine: str) -> bytes:
    """The BPF program (8-byte instructions) for a machine. Raises SandboxError where none is written."""
    if machine not in DENIED:
        raise SandboxError(f"no network filter is written for {machine} machines")
    architecture, calls = DENIED[machine]
    refuse = (RETURN, 0, 0, RET_ERRNO | errno.EPERM)
    program = [
        (LOAD_WORD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, RET_KILL_PROCESS),
        (LOAD_WORD, 0, 0, 0),
    ]
    if machine == "x86_64":
        program += [(JUMP_GREATER_EQUAL, 0, 1, X32_CALLS), refuse]
    for call in calls:
        program += [(JUMP_EQUAL, 0, 1, call), refuse]
    program.append((RETURN, 0, 0, RET_ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def ban_network() -> None:
    """Install the filter in this process, for good, and prove it. Raises SandboxError."""
    if sys.platform != "linux":
        raise SandboxError(f"no network filter on {sys.platform}")
    program = filter_program(platform.machine())
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog {unsigned short len; struct sock_filter *filter;}, padded to the pointer's alignment
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    holder = ctypes.create_string_buffer(header, len(header))
    zero = ctypes.c_ulong(0)
    _prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero)
    _prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(holder), zero, zero)
    prove_network_ban()


def prove_network_ban() -> None:
    """Raises SandboxError unless this process is refused every kind of socket."""
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except PermissionError:
            continue
        except OSError as error:
            raise SandboxError(f"a socket was refused for another reason: {error}") from error
        raise SandboxError("a socket could be opened")


def network_ban_holds() -> str:
    """Empty if a child of this process can be cut off from the network, else the reason why not.

    Forks: call it from a process with one thread.
    """

    def attempt() -> str:
        try:
            ban_network()
        except SandboxError as error:
            return str(error)
        return ""

    reason, status = in_child(attempt)
    return reason or ("" if status == 0 else f"the filter ended a trial process (status {status})")


def in_child(work: Callable[[], str]) -> tuple[str, int]:
    """Do `work` in a forked child; what it returns, and the child's exit status, negative for a signal.

    An exception ends the child with status 1. Call it from a process with one thread.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            die_with_parent()
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(work().encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return answer, os.waitstatus_to_exitcode(status)


def die_with_parent() -> None:
    """Let the kernel end this process when the thread that made it ends (Linux only)."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))


def limit_resources(memory_bytes: int) -> None:
    """Cap the address space at what is mapped plus `memory_bytes`; no files, no core dumps, less priority."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        mapped = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory_bytes, mapped + memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(1)
