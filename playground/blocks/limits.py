"""Slack's Block Kit limits as the playground enforces them, in characters if not said otherwise.

The bot has its own table on purpose: a message counts as good only when both agree.
"""

from typing import Final

# A message, a view
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_BLOCKS_TOTAL: Final = 13_200
"""All blocks of a message as JSON; tables and charts have their own totals and do not count."""
MESSAGE_TEXT_CUT: Final = 40_000
"""chat.postMessage cuts its text here."""
UPDATE_TEXT: Final = 4_000
"""chat.update and chat.postEphemeral refuse longer text."""
VIEW_LABEL: Final = 24
"""Title, submit and close of a view."""
PRIVATE_METADATA: Final = 3_000
CALLBACK_ID: Final = 255
VIEW_STACK: Final = 3

# Every block, every element
BLOCK_ID: Final = 255
ACTION_ID: Final = 255

# Blocks
SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2_000
HEADER_TEXT: Final = 150
HEADER_LEVELS: Final = 4
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ACTIONS: Final = 5
TEXT_OBJECT: Final = 3_000
ALT_TEXT: Final = 2_000
IMAGE_URL: Final = 3_000
IMAGE_TITLE: Final = 2_000
INPUT_LABEL: Final = 2_000
MARKDOWN_TOTAL: Final = 12_000
ALERT_TEXT: Final = 200
CARD_TITLE: Final = 150
CARD_BODY: Final = 200
CARD_BUTTONS: Final = 3
CAROUSEL_CARDS: Final = 10
CONTAINER_CHILDREN: Final = 10
CONTAINER_TITLE: Final = 150
PLAN_TASKS: Final = 50
VIDEO_TITLE: Final = 200

# Blocks of data
TABLES: Final = 1
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TOTAL: Final = 10_000
DATA_TABLE_ROWS: Final = 201
"""Includes the header row."""
DATA_TABLE_PAGE: Final = 100
DATA_TABLE_TOTAL: Final = 20_000
CHARTS: Final = 2
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
CHART_AXIS_LABEL: Final = 50
CHART_POINTS: Final = 20
CHART_SERIES: Final = 6
"""Newer documentation says 12; the older 6 is safe everywhere."""

# Elements
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
BUTTON_URL: Final = 3_000
ACCESSIBILITY_LABEL: Final = 75
OVERFLOW_OPTIONS: Final = 5
SELECT_OPTIONS: Final = 100
CHOICES: Final = 10
"""Checkboxes and radio buttons."""
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTION_DESCRIPTION: Final = 75
PLACEHOLDER: Final = 150
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
INPUT_LENGTH: Final = 3_000
