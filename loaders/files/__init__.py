"""Opening and reading data files: every row comes out with its line, or its line with a reason."""

from loaders.files.batch import BATCH_ROWS, Batch, Reject
from loaders.files.find import find
from loaders.files.read import columns_of, read

__all__ = ["BATCH_ROWS", "Batch", "Reject", "columns_of", "find", "read"]
