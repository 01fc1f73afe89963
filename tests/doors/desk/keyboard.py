"""A person without a mouse: each key pressed leaves the focus on something, and what has the focus is seen."""

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

from fanal.values import wording

STOPS_MAX = 250
# What has the focus: its name, and what is wrong with how it is seen. Nothing when nobody has the focus.
FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const labels = [...(it.labels || [])].map((label) => label.innerText).join(" ");
  const name = it.getAttribute("aria-label") || document.getElementById(it.getAttribute("aria-labelledby"))?.innerText
    || labels || it.innerText?.trim() || it.value || it.querySelector("img")?.alt || "";
  const box = it.getClientRects()[0] || it.getBoundingClientRect();
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const ringed = [it, it.closest(".search")].some((held) => held && getComputedStyle(held).outlineStyle !== "none");
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  let wrong = "";
  if (right - left < 1 || bottom - top < 1) wrong = "out of sight";
  else if (!ringed) wrong = "without a ring";
  else if (!over || !(it.contains(over) || over.contains(it))) wrong = "under " + over?.outerHTML.slice(0, 90);
  return { name: name.trim().replace(/\\s+/g, " ").replace(" ,", ","), wrong, tag: it.tagName, id: it.id };
}"""

# Whether the page asks for no first focus, or has given it.
FIRST_FOCUS = "() => !document.querySelector('[autofocus]') || document.activeElement !== document.body"

# Whether Tab came around: to nothing, or to what it had already reached.
AROUND = """() => {
  const it = document.activeElement, walked = document.walked ??= new WeakSet();
  const around = it === document.body || (walked.has(it) && it.type !== "date");
  walked.add(it);
  return around;
}"""


def plain(text: str) -> str:
    """The text with plain spaces only."""
    return " ".join(text.split())


class Lost(AssertionError):
    """The keyboard leads nowhere, or one does not see where it leads."""


class Keyboard:
    """The keys of a page, and nothing but them."""

    def __init__(self, page: Page, lang: str = "fr") -> None:
        self.page, self.lang = page, lang

    def word(self, french: str, **named: str) -> str:
        """Those words of the screens in the language of the page, with plain spaces."""
        with translation.override(self.lang):
            text = gettext(french) % {name: gettext(it) for name, it in named.items()} if named else gettext(french)
            return plain(wording.typography(text, self.lang))

    def why(self, about: str) -> str:
        """The name of « Pourquoi ? » beside that."""
        return self.word("Pourquoi : %(about)s", about=about)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def opens(self, *keys: str) -> None:
        """Press keys that open another page, and wait for it; `autofocus` comes with its first picture, not before."""
        with self.page.expect_navigation():
            self.press(*keys)
        self.page.wait_for_function(FIRST_FOCUS)

    def focused(self) -> str:
        """The name of what has the focus. Raises Lost when nothing has it, or when it is not seen."""
        it = self.page.evaluate(FOCUSED)
        if it is None:
            raise Lost(f"{self.page.url}: nothing has the focus")
        if it["wrong"]:
            raise Lost(f"{self.page.url}: « {it['name']} » ({it['tag']} {it['id']}) is {it['wrong']}")
        if not it["name"]:
            raise Lost(f"{self.page.url}: {it['tag']} {it['id']} has no name")
        return str(it["name"])

    def tab_to(self, *names: str, back: bool = False, whole: bool = False) -> str:
        """Tab until what has the focus bears one of these names, or is that name when it is whole; its whole name."""
        passed: list[str] = []
        for _stop in range(STOPS_MAX):
            self.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate("document.activeElement === document.body"):  # the browser's own, once around
                continue
            passed.append(self.focused())
            wanted, found = [plain(it).casefold() for it in names], passed[-1].casefold()
            if found in wanted if whole else any(it in found for it in wanted):
                return passed[-1]
        raise Lost(f"{self.page.url}: none of {names} is among {passed}")

    def says(self, text: str, where: str = "#page") -> bool:
        """Whether that part of the page shows that text."""
        return plain(text) in plain(self.page.locator(where).first.inner_text())

    def stops(self) -> list[str]:
        """All that Tab reaches, once around; the page must have just been opened."""
        self.page.evaluate("document.activeElement.blur()")
        found: list[str] = []
        for _stop in range(2 * STOPS_MAX):
            self.press("Tab")
            if self.page.evaluate(AROUND):
                return found
            found.append(self.focused())
        raise Lost(f"{self.page.url}: Tab never comes around")
