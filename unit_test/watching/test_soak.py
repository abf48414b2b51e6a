"""Nothing is lost, whatever fails and however often the process is killed."""

from __future__ import annotations

import pytest

from .soaking import soak


@pytest.mark.slow
def test_every_issue_and_regression_arrives_through_faults_and_kills(sandbox, tmp_path):
    outcome = soak(sandbox, tmp_path, issues=60, longest=2.5)
    assert outcome.missing == set()
    assert outcome.wanted == 66
    assert outcome.kills >= 2
    # Twice comes only what was denied, or what a kill left between its delivery and its note.
    assert outcome.twice <= outcome.denied + outcome.kills
