"""The state that all open pages show, and how they hear of a new one."""

import asyncio
from contextlib import aclosing

from .following import changes
from .state import State, refreshed


class Board:
    """Holds the latest state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._changed = asyncio.Event()

    async def newer_than(self, version: int) -> State:
        """The state, once it is another than this version."""
        while self.state.version == version:
            await self._changed.wait()
        return self.state

    async def follow(self) -> None:
        """Read the spec again whenever its files change, forever."""
        while True:
            watched = set(self.state.contents)
            async with aclosing(changes(watched)) as told:
                async for _ in told:
                    await self._refresh()
                    if set(self.state.contents) != watched:
                        break

    async def _refresh(self) -> None:
        state = await asyncio.to_thread(refreshed, self.state)
        if state is not self.state:
            self.state = state
            self._changed.set()
            self._changed = asyncio.Event()
