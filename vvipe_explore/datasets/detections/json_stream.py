"""JSON read piece by piece: a file of any size passes through a buffer of at most a few megabytes.

The standard library's decoder does the parsing, one array element or one member at a time. Whatever is wrong with the
text becomes a ValueError that names the file and the byte near which it stands.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator

CHUNK = 2**18
MAX_VALUE = 2**20
"""Characters: no single entry, person or picture needs more; it bounds what one value can unfold to in memory."""
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


class JsonStream:
    """The text of a binary file, and how far it is read.

    file: anything with read(n). name: what error messages call it. progress: called with the bytes of each piece.
    """

    def __init__(self, file, name: str, progress: Callable[[int], object] | None = None):
        self.name = name
        self._read, self._progress = file.read, progress or (lambda n: None)
        self._buffer, self._at, self._before, self._ended = "", 0, 0, False
        head = self._bytes()
        self._encoding = json.detect_encoding(head[:4]) if head else "utf-8"
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._append(head)

    def _bytes(self) -> bytes:
        data = self._read(CHUNK)
        self._progress(len(data))
        return data

    def _append(self, data: bytes) -> None:
        """Drop what is read already, and decode data behind the rest."""
        read = self._buffer[: self._at]
        self._before += len(read) if read.isascii() else len(read.encode(self._encoding, "replace"))
        self._buffer, self._at, self._ended = self._buffer[self._at :], 0, not data
        try:
            self._buffer += self._decoder.decode(data, not data)
        except UnicodeDecodeError as error:
            self._at = len(self._buffer)
            raise self.error(f"not text in {self._encoding.upper()} ({error.reason}); JSON was wanted") from None

    def error(self, problem: str, at: int | None = None) -> ValueError:
        """A ValueError that names the file and the place (at in the buffer, else where reading stands)."""
        read = self._buffer[: self._at if at is None else at]
        byte = self._before + (len(read) if read.isascii() else len(read.encode(self._encoding, "replace")))
        return ValueError(f"{self.name}: {problem} (near byte {byte:,}).")

    def peek(self) -> str:
        """The next character that is no space, left where it is; "" at the end."""
        char = self._buffer[self._at : self._at + 1]
        if char and char not in " \t\n\r":
            return char
        while True:
            self._at = _SPACE.match(self._buffer, self._at).end()
            if self._at < len(self._buffer) or self._ended:
                return self._buffer[self._at : self._at + 1]
            self._append(self._bytes())

    def take(self, wanted: str) -> str:
        """Read one character, which has to be one of wanted."""
        found = self.peek()
        if not found:
            raise self.error(f"the file ends where {' or '.join(wanted)} was wanted; it is cut off, or empty")
        if found not in wanted:
            raise self.error(f"not the JSON that was wanted: {found!r} stands where {' or '.join(wanted)} was wanted")
        self._at += 1
        return found

    def value(self):
        """Parse the next value whole. Raises ValueError if it is damaged, nested too deeply or above MAX_VALUE."""
        self.peek()
        while True:
            try:
                value, end = _decode(self._buffer, self._at)
                problem, place = "the file ends within a number", end
                # a number might go on behind the buffer's end ("1" and "1e+" of "1e+5")
                if self._ended or len(self._buffer) - end >= 3:
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                problem, place = f"not valid JSON: {error.msg}", error.pos
                cut = error.msg.startswith("Unterminated") or place > len(self._buffer) - 64
                if self._ended or not cut:
                    raise self.error(problem, place) from None
            except RecursionError:
                raise self.error("brackets nested too deeply; this is no file of detections") from None
            except ValueError as error:  # whole numbers of thousands of digits
                raise self.error(f"a number that cannot be read ({str(error)[:80]})") from None
            if len(self._buffer) - self._at > MAX_VALUE:
                raise self.error(f"one value is longer than {MAX_VALUE:,} characters; no detection is")
            self._append(self._bytes())

    def elements(self) -> Iterator:
        """Parse the array that comes next, element by element."""
        self.take("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; the caller reads each one's value before asking for the next."""
        self.take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.error("not valid JSON: a name in double quotes was wanted")
            key = self.value()
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    def skip(self) -> None:
        """Read over the next value; an array of any length, if its elements are of a bearable size."""
        if self.peek() == "[":
            for _ in self.elements():
                pass
        else:
            self.value()

    def end(self) -> None:
        """Refuse text behind the end."""
        if self.peek():
            raise self.error("more text after the JSON's end; one JSON a file was wanted")
