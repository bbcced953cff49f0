"""Which ink and paper do the charts use?

A light design with every colour set, so that a reader's dark scheme cannot change what a picture says.
"""

PAPER = "#ffffff"
INK = "#1b1f24"
MUTED = "#57606a"
RULE = "#b8bfc7"
GRID = "#e8eaed"
LINE = "#2f3b4a"
BAND = "rgba(86,101,122,0.20)"
TAIL_BAND = "rgba(86,101,122,0.09)"
EXPECTED_BAND = "rgba(0,114,178,0.09)"
EXPECTED_EDGE = "#3b6f92"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', Arial, sans-serif"
