"""Comment on an issue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sentry_plugin.client import issueids
from sentry_plugin.errors import ApiError, InputError
from sentry_plugin.issues.comment import normalised, text_of
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types

SCOPE = "event:write"
ALREADY = "already posted that comment"
_ACTOR = re.compile(r"(?:user|team):\d{1,19}")


class AddComment(Action):
    """Comment on an issue; the same text within an hour is not posted again."""

    does = Does.WRITES

    def run(self, params: types.AddCommentInput) -> types.AddCommentOutput:
        """https://docs.sentry.io/product/issues/issue-details/ ."""
        text = params["text"].strip()
        mentions = [each.strip() for each in params.get("mentions", [])]
        if not all(_ACTOR.fullmatch(each) for each in mentions):
            raise InputError(
                "The input's `mentions` hold what is no user and no team.",
                "Give each as user:ID or team:ID.",
            )
        client = self.connection.client
        routes = issueids.routes(client, params["issue_id"], "comments/", scope=SCOPE)
        body = {"text": text} | ({"mentions": mentions} if mentions else {})
        try:
            made = client.post(routes, body, SCOPE)
            return {"comment": normalised(made), "created": True}
        except ApiError as error:
            if ALREADY not in error.data:
                raise
            for page in client.pages(routes, SCOPE):
                if same := [each for each in page.items if text_of(each) == text]:
                    return {"comment": normalised(same[0]), "created": False}
            raise
