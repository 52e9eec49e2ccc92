"""Anna's story in a real browser, every page on the way held against axe, 320 pixels and the browser's console."""

from collections.abc import Callable

from tests.stories import anna
from tests.stories.browser import Visitor
from tests.stories.server import Server
from tests.stories.story import Story, Walls
from tests.stories.walker import Walker


def test_the_whole_story_in_a_browser(visitor: Callable[..., Visitor], program: Server) -> None:
    story = Story("anna", after_each=lambda: None, say=print, goes_on=False)
    walls = Walls(Walker(program.url, anna.STRANGER), (), known_by=anna.KNOWN_BY)
    anna.tell(story, {key: visitor(key) for key in anna.PEOPLE}, walls)
    assert story.steps > 60
