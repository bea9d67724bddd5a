"""The load that every bench gives: a seeded month of an application's users, exact to the last token."""

from .files import Dataset, dataset
from .world import LOGS, SPANS

__all__ = ["LOGS", "SPANS", "Dataset", "dataset"]
