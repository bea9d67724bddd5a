"""What an endpoint asks with: the store, the caller's project and the time of the question."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from ..errors import StoreAway


@dataclass
class Reader:
    """The store as one request sees it."""

    def away(self) -> StoreAway:
        """The store is not connected."""
        return StoreAway("the store is not connected", hint="try again in a moment")


def make_reader() -> Reader:
    """A reader for one request."""
    return Reader()


Ask = Annotated[Reader, Depends(make_reader)]
