"""Files: a local folder by default, any S3-compatible store by setting (``JSI_STORAGE_URL``)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK_BYTES: Final = 256 * 1024


def make_store(url: str) -> ObjectStore:
    """The store at that address: ``file:///folder`` (made if missing) or ``s3://bucket/prefix``."""
    if url.startswith("file://"):
        return LocalStore(Path(url.removeprefix("file://")), mkdir=True, automatic_cleanup=True)
    return from_url(url)


def put(store: ObjectStore, key: str, source: Path | bytes | IO[bytes]) -> None:
    """Keep content under that key; a reader sees the old or the new, never half of it."""
    obstore.put(store, key, source)


def size(store: ObjectStore, key: str) -> int:
    """Bytes under that key. Raises FileNotFoundError."""
    return int(obstore.head(store, key)["size"])


def stream(store: ObjectStore, key: str) -> Iterator[bytes]:
    """The content in pieces. Raises FileNotFoundError before the first one."""
    result = obstore.get(store, key)
    return (bytes(piece) for piece in result.stream(min_chunk_size=CHUNK_BYTES))


def read(store: ObjectStore, key: str) -> bytes:
    """The whole content, of files known to be small. Raises FileNotFoundError."""
    return bytes(obstore.get(store, key).bytes())


def delete(store: ObjectStore, key: str) -> None:
    """Let go of a file; one that is not there is gone already."""
    with suppress(FileNotFoundError):
        obstore.delete(store, key)


def answers(store: ObjectStore) -> bool:
    """Whether the store can be listed now."""
    for _ in obstore.list(store, "builds", chunk_size=1):
        break
    return True
