"""The page of a spec on a local server, which follows the files of the spec while they are edited."""

from ..diagnostics.packages import require

require("starlette", "uvicorn", "watchfiles", purpose="viewing")
