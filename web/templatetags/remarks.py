"""How the pages show what people write in Markdown: formatted, and inert."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

register = template.Library()

LONGEST = 50_000  # characters that are formatted
MOST_CELLS = 10_000  # of tables: a narrow text can say very wide ones
DEEPEST = 20  # lists and quotations inside of each other
SCHEMES = ("http", "https", "mailto")
SAFE_REL = "noreferrer noopener nofollow"
SHIFT = 2  # a page's own headings are h1 and h2
LOWEST_HEADING = 6


class InertRenderer(RendererHTML):
    """HTML in which nothing runs and nothing is fetched: images become links, headings stand below the page's."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        """A link to the picture under its text; within a link only its text, as links do not nest."""
        token = tokens[idx]
        inside = self.renderInlineAsText(token.children or [], options, env)
        link = Token("link_open", "a", 1, attrs={"href": str(token.attrs.get("src", "")), "rel": SAFE_REL})
        said = Token("text", "", 0, content=inside or "picture")
        words = self.text([said], 0, options, env)
        if _is_in_link(tokens, idx):
            return words
        return f"{self.renderToken([link], 0, options, env)}{words}</a>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        """A link that neither tells where it was followed from nor vouches for where it leads."""
        tokens[idx].attrSet("rel", SAFE_REL)
        return self.renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        """A heading below those of the page."""
        tokens[idx].tag = _lowered(tokens[idx].tag)
        return self.renderToken(tokens, idx, options, env)

    heading_close = heading_open

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        """A cell of a table; its alignment becomes a class, as styles are not allowed."""
        style = str(tokens[idx].attrs.pop("style", ""))
        if style.endswith("right"):
            tokens[idx].attrSet("class", "number")
        return self.renderToken(tokens, idx, options, env)

    th_open = td_open


def _lowered(tag: str) -> str:
    return f"h{min(int(tag[1:]) + SHIFT, LOWEST_HEADING)}"


def _is_in_link(tokens: Sequence[Token], idx: int) -> bool:
    return sum(token.nesting for token in tokens[:idx] if token.type in ("link_open", "link_close")) > 0


def _is_allowed(address: str) -> bool:
    """Whether a text may be linked to: no scripts, no data, nothing relative."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme == "mailto")


class Parser(MarkdownIt):
    """Markdown of which only web and mail addresses become links."""

    def validateLink(self, url: str) -> bool:
        """Whether an address may be linked to; asked by the parser."""
        return _is_allowed(url)


def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "maxNesting": DEEPEST}
    parser = Parser("commonmark", options, renderer_cls=InertRenderer)
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    return parser


PARSER, WITHOUT_TABLES = _parser(), _parser().disable("table")


@register.filter
def markdown(text: str | None) -> SafeString:
    """A text in Markdown as HTML that cannot run, fetch or imitate anything; a very long one is cut off."""
    text = text or ""
    html = _parser_for(text[:LONGEST]).render(text[:LONGEST])
    more = len(text) - LONGEST
    if more > 0:
        html += f'<p class="muted">… and {more:,} more characters</p>'
    inert: SafeString = mark_safe(html)
    return inert


def _parser_for(text: str) -> MarkdownIt:
    """Every line may become a row, and every row as wide as the widest table: too many cells stay a text."""
    lines = text.splitlines()
    heads = (line for line in lines if not line.strip("|:- \t"))
    widest = max((line.count("|") + 1 for line in heads), default=0)
    return PARSER if widest * len(lines) <= MOST_CELLS else WITHOUT_TABLES
