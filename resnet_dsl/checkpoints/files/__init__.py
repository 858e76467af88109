"""Files of weights -> what they hold, by their content and not by their ending; nothing in them is ever run."""

from .content import Content as Content
from .content import Inert as Inert
from .read import read_content as read_content
