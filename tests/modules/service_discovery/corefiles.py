"""Reads Corefiles: server blocks, the plugins in them, and the blocks of those. https://coredns.io/manual/toc/"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Block", "read"]


@dataclass
class Block:
    """What is between two braces: every line, and the block that belongs to it."""

    lines: list[tuple[str, Block | None]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The first word of every line."""
        return [line.split()[0] for line, _ in self.lines]

    def arguments(self, name: str) -> list[str]:
        """What follows a name, for every line that begins with it."""
        return [line.partition(" ")[2] for line, _ in self.lines if line.split()[0] == name]

    def blocks(self, name: str) -> list[Block]:
        """The blocks of every line that begins with a name."""
        return [block for line, block in self.lines if line.split()[0] == name and block is not None]

    def block(self, name: str) -> Block:
        """The one block of a name."""
        (found,) = self.blocks(name)
        return found


def read(text: str) -> dict[str, Block]:
    """The server blocks of a Corefile by their key; ValueError for one that CoreDNS would not read either."""
    root = Block()
    stack = [root]
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        if line == "}":
            stack.pop()
            if not stack:
                raise ValueError(f"line {number} closes a block that was never opened")
        elif line.endswith("{"):
            inner = Block()
            stack[-1].lines.append((line[:-1].strip(), inner))
            stack.append(inner)
        elif len(stack) == 1:
            raise ValueError(f"line {number} is in no server block: {line}")
        else:
            stack[-1].lines.append((line, None))
    if len(stack) != 1:
        raise ValueError("a block is never closed")
    servers = {line: block for line, block in root.lines if block is not None}
    if len(servers) != len(root.lines):
        raise ValueError("a server block is there twice")
    return servers
