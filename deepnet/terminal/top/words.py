"""A text on a screen that is drawn again only when it has changed."""

from rich.text import Text
from textual.widgets import Static


class Words(Static):
    """Shows a text."""

    _shown = Text()

    def put(self, text: Text) -> None:
        """Show *text*; nothing is done if that is what is shown."""
        if text != self._shown or text.style != self._shown.style:
            self._shown = text
            height = self.styles.height
            self.update(text, layout=height is None or height.is_auto)
