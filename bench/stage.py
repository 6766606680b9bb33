"""What the measurements share: how much to do, the databases, the processes that press."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final

from bench import data, stack
from bench.report import Line

WRITERS: Final = 4
MODERATORS: Final = 2


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        essays: published contributions of the usual site, each in ten languages.
        small, large: contributions of the two that are compared for growth.
        rounds, seconds: how often each page is pressed, and for how long each time.
        mix_seconds: how long everybody does everything at once.
        books: how many essays the books have.
        desk: how many essays wait for the moderators, of each site that is compared.
    """

    essays: int
    small: int
    large: int
    rounds: int
    seconds: float
    mix_seconds: float
    books: tuple[int, ...]
    desk: tuple[int, ...]


FULL: Final = Scale(
    essays=1_000,
    small=100,
    large=10_000,
    rounds=7,
    seconds=1.0,
    mix_seconds=15,
    books=(10, 100),
    desk=(100, 10_000, 100_000),
)
QUICK: Final = Scale(
    essays=200,
    small=100,
    large=1_000,
    rounds=3,
    seconds=0.4,
    mix_seconds=4,
    books=(10,),
    desk=(100, 1_000, 10_000),
)


@dataclass
class Stage:
    """A folder, the scale, and a pool of processes made before anything big was loaded.

    Attributes:
        sites: the folders of the sites made so far, by name.
    """

    folder: Path
    scale: Scale
    pool: Pool
    sites: dict[str, Path] = field(default_factory=dict)

    @property
    def usual(self) -> Path:
        """The site that most is measured on: all essays in all languages, and as many waiting."""
        essays = self.scale.essays
        return self._site("usual", published=essays, waiting=essays, translated=True)

    def of(self, contributions: int) -> Path:
        """A site with so many contributions, half of them published and half of them waiting."""
        half = contributions // 2
        return self._site(str(contributions), published=half, waiting=half)

    def waiting(self, contributions: int) -> Path:
        """A site where so many wait for the moderators, whose desk shows no more than a title."""
        name = f"{contributions} waiting"
        return self._site(name, published=0, waiting=contributions, longest=500)

    def _site(
        self,
        name: str,
        *,
        published: int,
        waiting: int,
        translated: bool = False,
        longest: int | None = None,
    ) -> Path:
        """Its folder, made when first asked for."""
        if name not in self.sites:
            folder = self.folder / name
            data.copy(self._template(), folder)
            data.fill(
                folder, published=published, waiting=waiting, translated=translated, longest=longest
            )
            data.make_ready(folder, stack.ADDRESS)
            self.sites[name] = folder
        return self.sites[name]

    def _template(self) -> Path:
        if "template" not in self.sites:
            folder = self.folder / "template"
            data.make(folder, people=max(WRITERS, MODERATORS), variants=2)
            self.sites["template"] = folder
        return self.sites["template"]


def _leave_signals() -> None:
    """Ctrl-C is for the parent, which ends its pool; that end is not worth a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def stage(scale: Scale) -> Iterator[Stage]:
    """A stage in a temporary folder, which is gone afterwards."""
    with (
        get_context("fork").Pool(WRITERS + MODERATORS + 1, _leave_signals) as pool,
        tempfile.TemporaryDirectory(prefix="jsi-bench-") as folder,
    ):
        yield Stage(Path(folder), scale, pool)


Lines = Iterator[Line]
