"""The tables of the sandbox's database, as SQL.

A change here needs a higher LAYOUT, so that older files are refused instead of misread.
"""

from __future__ import annotations

TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE token (value TEXT PRIMARY KEY, scopes TEXT) WITHOUT ROWID;
CREATE TABLE organization (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, body BLOB);
CREATE TABLE project (
  id INTEGER PRIMARY KEY, slug TEXT UNIQUE, name TEXT, platform TEXT, first_event INTEGER,
  issues INTEGER DEFAULT 0, body BLOB);
CREATE TABLE team (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, name TEXT, body BLOB);
CREATE TABLE member (
  id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE, email TEXT, name TEXT, body BLOB);
CREATE INDEX member_email ON member (email);
CREATE TABLE repository (id INTEGER PRIMARY KEY, name TEXT, body BLOB);
CREATE TABLE project_key (
  public TEXT PRIMARY KEY, project_id INTEGER, name TEXT, secret TEXT, active INTEGER,
  rate_count INTEGER, rate_window INTEGER, created INTEGER) WITHOUT ROWID;
CREATE INDEX key_project ON project_key (project_id);
CREATE TABLE project_team (
  project_id INTEGER, team_id INTEGER, PRIMARY KEY (project_id, team_id)) WITHOUT ROWID;
CREATE INDEX team_project ON project_team (team_id, project_id);
CREATE TABLE team_member (
  team_id INTEGER, member_id INTEGER, role TEXT, PRIMARY KEY (team_id, member_id)) WITHOUT ROWID;
CREATE INDEX member_team ON team_member (member_id, team_id);
CREATE TABLE release (
  id INTEGER PRIMARY KEY, version TEXT UNIQUE, created INTEGER, released INTEGER,
  body TEXT DEFAULT '{}');
CREATE TABLE release_project (
  project_id INTEGER, version TEXT, created INTEGER,
  PRIMARY KEY (project_id, version)) WITHOUT ROWID;
CREATE INDEX project_release ON release_project (version, project_id);
CREATE TABLE deploy (
  id INTEGER PRIMARY KEY, version TEXT, environment TEXT, name TEXT, url TEXT, started INTEGER,
  finished INTEGER);
CREATE INDEX deploy_version ON deploy (version, finished);
CREATE TABLE monitor (
  id INTEGER PRIMARY KEY, project_id INTEGER, slug TEXT UNIQUE, config TEXT, created INTEGER,
  upserting INTEGER);
CREATE TABLE check_in (
  id INTEGER PRIMARY KEY, guid TEXT, monitor_id INTEGER, environment TEXT, status TEXT,
  duration INTEGER, added INTEGER, updated INTEGER, config TEXT);
CREATE INDEX check_in_monitor ON check_in (monitor_id, id);
CREATE TABLE report (
  id INTEGER PRIMARY KEY, project_id INTEGER, issue_id INTEGER, event_id TEXT, name TEXT,
  email TEXT, comments TEXT, created INTEGER, UNIQUE (project_id, event_id));
CREATE INDEX report_issue ON report (issue_id);
CREATE TABLE environment (
  project_id INTEGER, name TEXT, PRIMARY KEY (project_id, name)) WITHOUT ROWID;
CREATE TABLE issue (
  id INTEGER PRIMARY KEY, project_id INTEGER, number INTEGER, hash TEXT, type TEXT,
  category TEXT DEFAULT 'error', title TEXT,
  culprit TEXT, logger TEXT, level TEXT, platform TEXT, metadata TEXT, message TEXT,
  unhandled INTEGER, release TEXT, status TEXT DEFAULT 'unresolved', substatus TEXT DEFAULT 'new',
  details TEXT DEFAULT '{}', terms TEXT DEFAULT '{}', priority TEXT DEFAULT 'medium',
  priority_locked INTEGER, assigned TEXT, share TEXT, seen INTEGER DEFAULT 0,
  bookmarked INTEGER DEFAULT 0,
  subscription TEXT DEFAULT '', inbox INTEGER DEFAULT 1, count INTEGER, users INTEGER DEFAULT 0,
  first_seen INTEGER, last_seen INTEGER, UNIQUE (project_id, hash));
CREATE INDEX issue_last ON issue (last_seen, id);
CREATE INDEX issue_project_last ON issue (project_id, last_seen, id);
CREATE TABLE issue_user (
  issue_id INTEGER, user TEXT, PRIMARY KEY (issue_id, user)) WITHOUT ROWID;
CREATE TABLE issue_hour (
  issue_id INTEGER, hour INTEGER, count INTEGER, PRIMARY KEY (issue_id, hour)) WITHOUT ROWID;
CREATE TABLE activity (
  id INTEGER PRIMARY KEY, issue_id INTEGER, type TEXT, data TEXT, created INTEGER);
CREATE INDEX activity_issue ON activity (issue_id, id);
CREATE TABLE event (
  id INTEGER PRIMARY KEY, project_id INTEGER, event_id TEXT, issue_id INTEGER, time INTEGER,
  environment TEXT, body BLOB, UNIQUE (project_id, event_id));
CREATE INDEX event_issue ON event (issue_id, time, id);
CREATE INDEX event_project ON event (project_id, time, id);
CREATE TABLE tag (key TEXT, value TEXT, issue_id INTEGER, event INTEGER);
CREATE INDEX tag_value ON tag (key, value, issue_id);
CREATE INDEX tag_issue ON tag (issue_id, key, value);
"""
LAYOUT = 2

# A join: each tag with the event that has it.
TAGS_WITH_EVENTS = "tag JOIN event ON event.id = tag.event"
