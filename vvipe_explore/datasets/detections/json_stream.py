"""JSON read piece by piece: a file of any size passes through a buffer of at most a few megabytes.

The standard library's decoder parses one array element or one member at a time. Whatever is wrong with the text becomes
a ValueError that names the file and the byte near which it stands.
ijson was measured and is not used: it is slower here, refuses NaN, UTF-16 and a BOM, and takes GBs for open brackets.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator

CHUNK = 2**18
MAX_VALUE = 2**20
"""Characters: no single entry, person or picture needs more; it bounds what one value can unfold to in memory."""
_SPACE, _NEXT_VALUE = re.compile(r"[ \t\n\r]*"), re.compile(r"[]}][ \t\r\n]*[\[{]")
_decode = json.JSONDecoder().raw_decode


def value_of_text(text: str):
    """Parse the text of a JSON value that lies in JSON, as results[0].to_json() does. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("brackets nested too deeply; this is no file of detections") from None
    except ValueError as error:
        raise ValueError(f"expected JSON in the text, got {text[:40]!r} ({str(error)[:80]})") from None


class JsonStream:
    """The text of a binary file, and how far it is read.

    file: anything with read(n), which gives fewer than n bytes only at the end. name: what error messages call it.
    progress: called with the bytes of each piece.
    """

    def __init__(self, file, name: str, progress: Callable[[int], object] | None = None):
        self.name = name
        self._read, self._progress = file.read, progress or (lambda n: None)
        self._buffer, self._at, self._before, self._ended = "", 0, 0, False
        self._passed = 0  # characters read and dropped
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
        self._before, self._passed = self._byte(self._at), self._passed + self._at
        self._buffer, self._at, self._ended = self._buffer[self._at :], 0, len(data) < CHUNK
        try:
            self._buffer += self._decoder.decode(data, self._ended)
        except UnicodeDecodeError as error:
            self._at = len(self._buffer)
            raise self.error(f"expected JSON in {self._encoding.upper()}, got other bytes ({error.reason})") from None

    def whole(self, once: tuple[str, ...]):
        """Parse all of a short file that is not yet begun, if each text of once is in it once; else give None.

        It stays to be read. What can't be parsed gives None too: reading it piece by piece says what is wrong.
        """
        text = self._buffer
        if not self._ended or self._at or self._passed or any(text.count(words) != 1 for words in once):
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def skip_all(self) -> None:
        """Leave all that is in the buffer behind."""
        self._at = len(self._buffer)

    def _byte(self, at: int) -> int:
        """The place in the file of a place in the buffer."""
        return self._before + len(self._buffer[:at].encode(self._encoding, "replace"))

    def error(self, problem: str, at: int | None = None) -> ValueError:
        """A ValueError that names the file and the place (at in the buffer, else where reading stands)."""
        return ValueError(f"{self.name}: {problem} (near byte {self._byte(self._at if at is None else at):,}).")

    def peek(self) -> str:
        """Give the next character that is no space and leave it there; "" at the end."""
        char = self._buffer[self._at : self._at + 1]
        if char and char not in " \t\n\r":
            return char
        while True:
            spaces = _SPACE.match(self._buffer, self._at)
            self._at = spaces.end() if spaces else self._at
            if self._at < len(self._buffer) or self._ended:
                return self._buffer[self._at : self._at + 1]
            self._append(self._bytes())

    def expect(self, chars: str) -> str:
        """Give the next character and leave it there. Raises ValueError if it is none of chars."""
        found = self.peek()
        if not found:
            raise self.error(f"expected {' or '.join(chars)}, got the end of the file; it is cut off or empty")
        if found not in chars:
            raise self.error(f"expected JSON with {' or '.join(chars)} here, got {found!r}")
        return found

    def take(self, chars: str) -> str:
        """Read one character, which has to be one of chars."""
        found = self.expect(chars)
        self._at += 1
        return found

    def value(self):
        """Parse the next value whole. Raises ValueError if it is damaged, nested too deeply or above MAX_VALUE."""
        self.peek()
        while True:
            try:
                value, end = _decode(self._buffer, self._at)
                # a number might go on behind the buffer's end ("1" and "1e+" of "1e+5"), a list or a text does not
                if self._ended or len(self._buffer) - end >= 3 or self._buffer[end - 1] in '"]}':
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self._buffer) - 64
                if self._ended or not cut:
                    raise self.error(f"not valid JSON: {error.msg}", error.pos) from None
            except RecursionError:
                raise self.error("brackets nested too deeply; this is no file of detections") from None
            except ValueError as error:  # whole numbers of thousands of digits
                raise self.error(f"a number that cannot be read ({str(error)[:80]})") from None
            if len(self._buffer) - self._at > MAX_VALUE:
                raise self.error(f"expected values of at most {MAX_VALUE:,} characters, got a longer one")
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
        """Give the keys of the object that comes next; the caller reads each one's value before asking for the next."""
        self.take("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            self.expect('"')
            key = self.value()
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    @property
    def passed(self) -> int:
        """The number of characters read so far."""
        return self._passed + self._at

    def has_lines(self) -> bool:
        """Whether JSON values follow one another, as in JSON Lines; seen by the first one's end, if that is near."""
        if not _NEXT_VALUE.search(self._buffer, self._at):
            return False
        try:
            _, end = _decode(self._buffer, self._at)
        except (ValueError, RecursionError):
            return False
        return self._buffer[end:].lstrip(" \t\r\n")[:1] in ("{", "[")

    def lines(self) -> Iterator:
        """Parse the values that follow one another to the end."""
        while self.peek():
            yield self.value()

    def end(self) -> None:
        """Refuse text behind the end."""
        if self.peek():
            raise self.error("expected the end of the file after its JSON, got more text; put one JSON in a file")
