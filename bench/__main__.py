"""``python -m bench [--quick] [--only NAME …]``: measure and print; see ``bench/README.md``."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from bench.books import books
from bench.desk import desk
from bench.editor import editor
from bench.mix import mix
from bench.pages import growth, pages
from bench.report import table
from bench.saving import saving
from bench.stack import CannotMeasure
from bench.stage import FULL, QUICK, Lines, Stage, stage
from bench.submission import submission
from bench.upload import upload

PARTS: Final[dict[str, tuple[str, Callable[[Stage], Lines]]]] = {
    "pages": ("Pages", pages),
    "growth": ("Growth", growth),
    "desk": ("The moderators’ desk as it fills", desk),
    "submission": ("A submission through the form", submission),
    "saving": ("Saving by itself", saving),
    "upload": ("A document that is uploaded", upload),
    "editor": ("The editor's first page", editor),
    "mix": ("Everybody at once, on one SQLite file", mix),
    "books": ("Books", books),
}


def main() -> int:
    """Measure what was asked for; 1 where something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a minute")
    parser.add_argument(
        "--only", action="append", choices=PARTS, metavar="NAME", help=f"of {', '.join(PARTS)}"
    )
    arguments = parser.parse_args()
    # Stopped from outside, it stops its servers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    try:
        with stage(QUICK if arguments.quick else FULL) as prepared:
            for name in arguments.only or PARTS:
                title, measure = PARTS[name]
                print(table(title, measure(prepared)), flush=True)
    except CannotMeasure as error:
        print(f"This could not be measured: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{time.monotonic() - began:.0f} seconds in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
