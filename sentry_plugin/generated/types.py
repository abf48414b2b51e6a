"""Generated from plugin.spec.yaml by tools/generate.py. Do not edit."""

from typing import Any, Literal, NotRequired, TypedDict

File = TypedDict("File", {
    "filename": NotRequired[str],
    "content": NotRequired[str],
})

CredentialUsernamePassword = TypedDict("CredentialUsernamePassword", {
    "username": str,
    "password": str,
})

CredentialAsymmetricKey = TypedDict("CredentialAsymmetricKey", {
    "privateKey": str,
})

CredentialToken = TypedDict("CredentialToken", {
    "domain": NotRequired[str],
    "token": str,
})

CredentialSecretKey = TypedDict("CredentialSecretKey", {
    "secretKey": str,
})

EventJSON = TypedDict("EventJSON", {
    "event_id": NotRequired[str],
    "timestamp": NotRequired[str],
    "platform": NotRequired[str],
    "level": NotRequired[Literal['fatal', 'error', 'warning', 'info', 'debug']],
    "logger": NotRequired[str],
    "transaction": NotRequired[str],
    "transaction_info": NotRequired[dict[str, Any]],
    "culprit": NotRequired[str],
    "server_name": NotRequired[str],
    "release": NotRequired[str],
    "dist": NotRequired[str],
    "tags": NotRequired[dict[str, Any]],
    "environment": NotRequired[str],
    "modules": NotRequired[dict[str, Any]],
    "extra": NotRequired[dict[str, Any]],
    "fingerprint": NotRequired[list[str]],
    "message": NotRequired[str],
    "logentry": NotRequired[dict[str, Any]],
    "exception": NotRequired[dict[str, Any]],
    "breadcrumbs": NotRequired[dict[str, Any]],
    "threads": NotRequired[dict[str, Any]],
    "stacktrace": NotRequired[dict[str, Any]],
    "template": NotRequired[dict[str, Any]],
    "user": NotRequired[dict[str, Any]],
    "request": NotRequired[dict[str, Any]],
    "contexts": NotRequired[dict[str, Any]],
    "sdk": NotRequired[dict[str, Any]],
    "debug_meta": NotRequired[dict[str, Any]],
    "errors": NotRequired[list[dict[str, Any]]],
    "type": NotRequired[str],
    "time_spent": NotRequired[int],
})

Actor = TypedDict("Actor", {
    "type": NotRequired[str],
    "id": NotRequired[str],
    "name": NotRequired[str],
    "email": NotRequired[str],
})

Annotation = TypedDict("Annotation", {
    "displayName": NotRequired[str],
    "url": NotRequired[str],
})

IssueProject = TypedDict("IssueProject", {
    "id": NotRequired[str],
    "slug": NotRequired[str],
    "name": NotRequired[str],
    "platform": NotRequired[str],
})

SubscriptionDetails = TypedDict("SubscriptionDetails", {
    "reason": NotRequired[str],
    "disabled": NotRequired[bool],
})

IssueCounts = TypedDict("IssueCounts", {
    "count": NotRequired[str],
    "userCount": NotRequired[int],
    "firstSeen": NotRequired[str],
    "lastSeen": NotRequired[str],
    "stats": NotRequired[dict[str, Any]],
})

IssueTag = TypedDict("IssueTag", {
    "key": NotRequired[str],
    "name": NotRequired[str],
    "totalValues": NotRequired[int],
})

Inbox = TypedDict("Inbox", {
    "reason": NotRequired[int],
    "reason_details": NotRequired[dict[str, Any]],
    "date_added": NotRequired[str],
})

Owner = TypedDict("Owner", {
    "type": NotRequired[str],
    "owner": NotRequired[str],
    "date_added": NotRequired[str],
})

DerivedData = TypedDict("DerivedData", {
    "status": NotRequired[str],
    "progress": NotRequired[str],
    "blocker": NotRequired[str],
    "hasOpenFixPr": NotRequired[bool],
    "hasRootCause": NotRequired[bool],
    "isAssigned": NotRequired[bool],
    "lastCompletedAutofixStep": NotRequired[str],
    "lastProgressedAt": NotRequired[str],
    "viewCount": NotRequired[int],
})

SentryAppIssue = TypedDict("SentryAppIssue", {
    "id": NotRequired[str],
    "issueId": NotRequired[str],
    "serviceType": NotRequired[str],
    "displayName": NotRequired[str],
    "webUrl": NotRequired[str],
})

User = TypedDict("User", {
    "id": NotRequired[str],
    "type": NotRequired[str],
    "name": NotRequired[str],
    "username": NotRequired[str],
    "email": NotRequired[str],
    "emails": NotRequired[list[dict[str, Any]]],
    "avatar": NotRequired[dict[str, Any]],
    "avatarUrl": NotRequired[str],
    "dateJoined": NotRequired[str],
    "lastActive": NotRequired[str],
    "lastLogin": NotRequired[str],
    "lastSeen": NotRequired[str],
    "isActive": NotRequired[bool],
    "isManaged": NotRequired[bool],
    "isStaff": NotRequired[bool],
    "isSuperuser": NotRequired[bool],
    "isSuspended": NotRequired[bool],
    "has2fa": NotRequired[bool],
    "canReset2fa": NotRequired[bool],
    "hasPasswordAuth": NotRequired[bool],
    "authenticators": NotRequired[list[dict[str, Any]]],
    "identities": NotRequired[list[dict[str, Any]]],
    "flags": NotRequired[dict[str, Any]],
    "options": NotRequired[dict[str, Any]],
    "experiments": NotRequired[dict[str, Any]],
})

Activity = TypedDict("Activity", {
    "id": NotRequired[str],
    "type": NotRequired[str],
    "user": NotRequired["User"],
    "data": NotRequired[dict[str, Any]],
    "dateCreated": NotRequired[str],
})

Release = TypedDict("Release", {
    "id": NotRequired[int],
    "version": NotRequired[str],
    "shortVersion": NotRequired[str],
    "versionInfo": NotRequired[dict[str, Any]],
    "status": NotRequired[str],
    "ref": NotRequired[str],
    "url": NotRequired[str],
    "userAgent": NotRequired[str],
    "owner": NotRequired[dict[str, Any]],
    "authors": NotRequired[list[dict[str, Any]]],
    "projects": NotRequired[list[dict[str, Any]]],
    "data": NotRequired[dict[str, Any]],
    "dateCreated": NotRequired[str],
    "dateReleased": NotRequired[str],
    "firstEvent": NotRequired[str],
    "lastEvent": NotRequired[str],
    "newGroups": NotRequired[int],
    "commitCount": NotRequired[int],
    "lastCommit": NotRequired[dict[str, Any]],
    "deployCount": NotRequired[int],
    "lastDeploy": NotRequired[dict[str, Any]],
})

Issue = TypedDict("Issue", {
    "id": NotRequired[str],
    "shortId": NotRequired[str],
    "title": NotRequired[str],
    "culprit": NotRequired[str],
    "permalink": NotRequired[str],
    "type": NotRequired[str],
    "issueType": NotRequired[str],
    "issueCategory": NotRequired[str],
    "level": NotRequired[str],
    "logger": NotRequired[str],
    "platform": NotRequired[str],
    "project": NotRequired["IssueProject"],
    "metadata": NotRequired[dict[str, Any]],
    "status": NotRequired[str],
    "substatus": NotRequired[str],
    "statusDetails": NotRequired[dict[str, Any]],
    "priority": NotRequired[str],
    "priorityLockedAt": NotRequired[str],
    "assignedTo": NotRequired["Actor"],
    "count": NotRequired[str],
    "userCount": NotRequired[int],
    "numComments": NotRequired[int],
    "userReportCount": NotRequired[int],
    "sessionCount": NotRequired[int],
    "firstSeen": NotRequired[str],
    "lastSeen": NotRequired[str],
    "stats": NotRequired[dict[str, Any]],
    "filtered": NotRequired["IssueCounts"],
    "lifetime": NotRequired["IssueCounts"],
    "annotations": NotRequired[list["Annotation"]],
    "hasSeen": NotRequired[bool],
    "isBookmarked": NotRequired[bool],
    "isPublic": NotRequired[bool],
    "isSubscribed": NotRequired[bool],
    "isUnhandled": NotRequired[bool],
    "subscriptionDetails": NotRequired["SubscriptionDetails"],
    "shareId": NotRequired[str],
    "matchingEventId": NotRequired[str],
    "matchingEventEnvironment": NotRequired[str],
    "latestEventHasAttachments": NotRequired[bool],
    "inbox": NotRequired["Inbox"],
    "owners": NotRequired[list["Owner"]],
    "derivedData": NotRequired["DerivedData"],
    "forecast": NotRequired[dict[str, Any]],
    "seerFixabilityScore": NotRequired[float],
    "seerAutofixLastTriggered": NotRequired[str],
    "seerExplorerAutofixLastTriggered": NotRequired[str],
    "integrationIssues": NotRequired[list[dict[str, Any]]],
    "sentryAppIssues": NotRequired[list["SentryAppIssue"]],
    "pluginActions": NotRequired[list[dict[str, Any]]],
    "pluginContexts": NotRequired[list[dict[str, Any]]],
    "pluginIssues": NotRequired[list[dict[str, Any]]],
    "firstRelease": NotRequired["Release"],
    "lastRelease": NotRequired["Release"],
    "activity": NotRequired[list["Activity"]],
    "participants": NotRequired[list["User"]],
    "seenBy": NotRequired[list["User"]],
    "tags": NotRequired[list["IssueTag"]],
})

EventTag = TypedDict("EventTag", {
    "key": NotRequired[str],
    "value": NotRequired[str],
    "query": NotRequired[str],
})

EventUser = TypedDict("EventUser", {
    "id": NotRequired[str],
    "username": NotRequired[str],
    "name": NotRequired[str],
    "email": NotRequired[str],
    "ip_address": NotRequired[str],
    "data": NotRequired[dict[str, Any]],
    "geo": NotRequired[dict[str, Any]],
})

EventError = TypedDict("EventError", {
    "type": NotRequired[str],
    "message": NotRequired[str],
    "data": NotRequired[dict[str, Any]],
})

EventSDK = TypedDict("EventSDK", {
    "name": NotRequired[str],
    "version": NotRequired[str],
    "upstream": NotRequired[dict[str, Any]],
})

Occurrence = TypedDict("Occurrence", {
    "id": NotRequired[str],
    "projectId": NotRequired[int],
    "eventId": NotRequired[str],
    "fingerprint": NotRequired[list[str]],
    "issueTitle": NotRequired[str],
    "subtitle": NotRequired[str],
    "resourceId": NotRequired[str],
    "evidenceData": NotRequired[dict[str, Any]],
    "evidenceDisplay": NotRequired[list[dict[str, Any]]],
    "type": NotRequired[int],
    "detectionTime": NotRequired[float],
    "level": NotRequired[str],
    "culprit": NotRequired[str],
    "priority": NotRequired[int],
    "assignee": NotRequired[str],
})

UserReport = TypedDict("UserReport", {
    "id": NotRequired[str],
    "eventID": NotRequired[str],
    "name": NotRequired[str],
    "email": NotRequired[str],
    "comments": NotRequired[str],
    "dateCreated": NotRequired[str],
    "user": NotRequired[dict[str, Any]],
    "event": NotRequired[dict[str, Any]],
})

Event = TypedDict("Event", {
    "id": NotRequired[str],
    "eventID": NotRequired[str],
    "groupID": NotRequired[str],
    "projectID": NotRequired[str],
    "title": NotRequired[str],
    "message": NotRequired[str],
    "type": NotRequired[str],
    "event.type": NotRequired[str],
    "culprit": NotRequired[str],
    "location": NotRequired[str],
    "platform": NotRequired[str],
    "dateCreated": NotRequired[str],
    "dateReceived": NotRequired[str],
    "startTimestamp": NotRequired[float],
    "endTimestamp": NotRequired[float],
    "size": NotRequired[int],
    "user": NotRequired["EventUser"],
    "tags": NotRequired[list["EventTag"]],
    "entries": NotRequired[list[dict[str, Any]]],
    "metadata": NotRequired[dict[str, Any]],
    "contexts": NotRequired[dict[str, Any]],
    "context": NotRequired[dict[str, Any]],
    "packages": NotRequired[dict[str, Any]],
    "sdk": NotRequired["EventSDK"],
    "sdkUpdates": NotRequired[list[dict[str, Any]]],
    "dist": NotRequired[str],
    "release": NotRequired["Release"],
    "fingerprints": NotRequired[list[str]],
    "groupingConfig": NotRequired[dict[str, Any]],
    "errors": NotRequired[list["EventError"]],
    "occurrence": NotRequired["Occurrence"],
    "userReport": NotRequired["UserReport"],
    "crashFile": NotRequired[dict[str, Any]],
    "measurements": NotRequired[dict[str, Any]],
    "breakdowns": NotRequired[dict[str, Any]],
    "resolvedWith": NotRequired[list[str]],
    "previousEventID": NotRequired[str],
    "nextEventID": NotRequired[str],
    "formatted": NotRequired[dict[str, Any]],
    "_meta": NotRequired[dict[str, Any]],
})

PartialType = TypedDict("PartialType", {
    "type": NotRequired[str],
    "organization": NotRequired[str],
    "reason": NotRequired[str],
})

EmployeeMatch = TypedDict("EmployeeMatch", {
    "matched": NotRequired[int],
    "members_without_employee": NotRequired[list[str]],
    "employees_without_member": NotRequired[list[str]],
})

CheckResult = TypedDict("CheckResult", {
    "check": NotRequired[str],
    "title": NotRequired[str],
    "severity": NotRequired[str],
    "status": NotRequired[str],
    "findings": NotRequired[int],
    "reason": NotRequired[str],
})

CheckFinding = TypedDict("CheckFinding", {
    "check": NotRequired[str],
    "title": NotRequired[str],
    "severity": NotRequired[str],
    "entity": NotRequired[str],
    "name": NotRequired[str],
    "evidence": NotRequired[dict[str, Any]],
    "remedy": NotRequired[str],
})

ConnectionInput = TypedDict("ConnectionInput", {
    "token": "CredentialToken",
    "url": NotRequired[str],
    "organization": NotRequired[str],
    "timeout": NotRequired[int],
    "ssl_verify": NotRequired[bool],
    "ca_certificate": NotRequired[str],
    "client_certificate": NotRequired["CredentialAsymmetricKey"],
    "headers": NotRequired[dict[str, Any]],
    "jupiterone": NotRequired["CredentialSecretKey"],
    "jupiterone_account": NotRequired[str],
})

CheckInventoryInput = TypedDict("CheckInventoryInput", {
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
    "checks": NotRequired[list[str]],
    "employees": NotRequired[list[str]],
    "employees_csv": NotRequired[str],
    "allowed_domains": NotRequired[list[str]],
    "most_owners": NotRequired[int],
    "stale_days": NotRequired[int],
    "invitation_days": NotRequired[int],
    "silent_days": NotRequired[int],
    "reach_percent": NotRequired[int],
    "sarif": NotRequired[bool],
})

CheckInventoryOutput = TypedDict("CheckInventoryOutput", {
    "findings": NotRequired[list["CheckFinding"]],
    "checks": NotRequired[list["CheckResult"]],
    "partial_types": NotRequired[list["PartialType"]],
    "sarif": NotRequired[dict[str, Any]],
})

CollectInventoryInput = TypedDict("CollectInventoryInput", {
    "organizations": NotRequired[list[str]],
    "include": NotRequired[list[str]],
    "account_name": NotRequired[str],
    "description": NotRequired[str],
    "tag_account_name": NotRequired[bool],
    "raw_data": NotRequired[bool],
    "employees": NotRequired[list[str]],
    "employees_csv": NotRequired[str],
    "output_as": NotRequired[Literal['auto', 'lists', 'file']],
})

CollectInventoryOutput = TypedDict("CollectInventoryOutput", {
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "counts": NotRequired[dict[str, Any]],
    "partial_types": NotRequired[list["PartialType"]],
    "employee_match": NotRequired["EmployeeMatch"],
    "organizations": NotRequired[list[str]],
    "account_name": NotRequired[str],
    "description": NotRequired[str],
    "collected_at": NotRequired[str],
    "seconds": NotRequired[float],
    "requests": NotRequired[int],
})

ListIssueEventsInput = TypedDict("ListIssueEventsInput", {
    "issue_id": str,
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListIssueEventsOutput = TypedDict("ListIssueEventsOutput", {
    "events": NotRequired[list["Event"]],
    "next_cursor": NotRequired[str],
})

ListProjectIssuesInput = TypedDict("ListProjectIssuesInput", {
    "organization_slug": str,
    "query": NotRequired[str],
    "statsPeriod": NotRequired[Literal['24h', '14d', '']],
    "shortIdLookup": NotRequired[bool],
    "project_slug": str,
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListProjectIssuesOutput = TypedDict("ListProjectIssuesOutput", {
    "issues": NotRequired[list["Issue"]],
    "next_cursor": NotRequired[str],
})

SubmitEventInput = TypedDict("SubmitEventInput", {
    "dsn": str,
    "sentry_version": NotRequired[int],
    "event_json": "EventJSON",
})

SubmitEventOutput = TypedDict("SubmitEventOutput", {
    "id": NotRequired[str],
})

UpdateIssueInput = TypedDict("UpdateIssueInput", {
    "status": NotRequired[Literal['resolved', 'resolvedInNextRelease', 'unresolved', 'ignored']],
    "assignedTo": NotRequired[str],
    "hasSeen": NotRequired[bool],
    "issue_id": str,
    "isSubscribed": NotRequired[bool],
    "isPublic": NotRequired[bool],
    "isBookmarked": NotRequired[bool],
})

UpdateIssueOutput = TypedDict("UpdateIssueOutput", {
    "issue": NotRequired["Issue"],
})
