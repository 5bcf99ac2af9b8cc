"""Text as it may be stored: NFC, without control, bidirectional, zero-width and other invisible characters.

Guarantees: accepted text is NFC, has a visible character, no outer blanks, and encodes to UTF-8. Does not judge words.
"""

import unicodedata

from sharing.errors import Problems

# Printable by Unicode's own account, yet drawn as nothing: fillers and joiners that hide in names.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Composition never makes text longer than three times; anything beyond is refused before work is spent on it.
_MOST_GROWTH = 4


def clean(raw: object, path: str, problems: Problems, *, longest: int, lines: bool = False) -> str | None:
    """`raw` as storable text of 1 to `longest` code points, or None after a problem; `lines` permits line feeds."""
    if not isinstance(raw, str):
        problems.add(path, "not_text", "This must be text.")
        return None
    if len(raw) > longest * _MOST_GROWTH:
        problems.add(path, "too_long", f"At most {longest} characters.")
        return None
    text = raw
    if not (text.isascii() and text.isprintable()):
        fit = _composed(raw, lines=lines)
        if fit is None:
            problems.add(path, "forbidden_character", "Control and invisible characters are not allowed.")
            return None
        text = fit
    text = text.strip()
    if not text:
        problems.add(path, "empty", "This must not be empty; leave it out instead.")
        return None
    if len(text) > longest:
        problems.add(path, "too_long", f"At most {longest} characters.")
        return None
    return text


def _composed(raw: str, *, lines: bool) -> str | None:
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n") if lines else raw)
    if not text.isprintable():
        kept = []
        for each in text:
            if each.isprintable() or (lines and each == "\n"):
                kept.append(each)
            elif unicodedata.category(each) == "Zs":  # no-break and wide spaces come with pasting
                kept.append(" ")
            else:
                return None
        text = "".join(kept)
    return None if _INVISIBLE.intersection(text) else text
