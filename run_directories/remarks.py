"""What is odd about many files, told in few sentences: a hundred thousand links are one remark."""

from collections.abc import Iterable

EXAMPLES = 3


class Remarks:
    """Collects paths under captions; of each caption's paths the first few are kept and all are counted."""

    def __init__(self) -> None:
        self._paths: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._plain: dict[str, None] = {}

    def note(self, caption: str, path: str) -> None:
        """Note a path under a caption such as ``Links that lead out of the directory``."""
        self._counts[caption] = self._counts.get(caption, 0) + 1
        kept = self._paths.setdefault(caption, [])
        if len(kept) < EXAMPLES:
            kept.append(path)

    def say(self, sentence: str) -> None:
        """Note a sentence about the whole; said twice it is told once."""
        self._plain[sentence] = None

    def extend(self, sentences: Iterable[str]) -> None:
        """Note several sentences."""
        for sentence in sentences:
            self.say(sentence)

    def sentences(self) -> tuple[str, ...]:
        """All remarks, in the order in which they first came up."""
        return (*self._plain, *(self._sentence(caption) for caption in self._paths))

    def _sentence(self, caption: str) -> str:
        paths, count = self._paths[caption], self._counts[caption]
        more = f" and {count - len(paths):,} more" if count > len(paths) else ""
        return f"{caption}: {', '.join(map(printable, paths))}{more}."


def printable(path: str) -> str:
    """A path that can be printed whatever its bytes are: names of files need not be text."""
    shown = path.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in shown)
