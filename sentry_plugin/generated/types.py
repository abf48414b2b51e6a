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
    "dateStarted": NotRequired[str],
    "currentProjectMeta": NotRequired[dict[str, Any]],
    "adoptionStages": NotRequired[dict[str, Any]],
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

Deploy = TypedDict("Deploy", {
    "id": NotRequired[str],
    "environment": NotRequired[str],
    "name": NotRequired[str],
    "url": NotRequired[str],
    "dateStarted": NotRequired[str],
    "dateFinished": NotRequired[str],
})

MonitorConfig = TypedDict("MonitorConfig", {
    "schedule": NotRequired[dict[str, Any]],
    "checkin_margin": NotRequired[int],
    "max_runtime": NotRequired[int],
    "timezone": NotRequired[str],
    "failure_issue_threshold": NotRequired[int],
    "recovery_threshold": NotRequired[int],
    "owner": NotRequired[str],
})

IssueResult = TypedDict("IssueResult", {
    "issue_id": NotRequired[str],
    "id": NotRequired[str],
    "shortId": NotRequired[str],
    "status": NotRequired[str],
    "reason": NotRequired[str],
    "attributes": NotRequired[list[str]],
    "changes": NotRequired[dict[str, Any]],
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

Comment = TypedDict("Comment", {
    "id": NotRequired[str],
    "type": NotRequired[str],
    "text": NotRequired[str],
    "data": NotRequired[dict[str, Any]],
    "user": NotRequired["User"],
    "sentry_app": NotRequired[dict[str, Any]],
    "dateCreated": NotRequired[str],
})

TagValue = TypedDict("TagValue", {
    "key": NotRequired[str],
    "value": NotRequired[str],
    "name": NotRequired[str],
    "count": NotRequired[int],
    "firstSeen": NotRequired[str],
    "lastSeen": NotRequired[str],
    "query": NotRequired[str],
    "id": NotRequired[str],
    "identifier": NotRequired[str],
    "username": NotRequired[str],
    "email": NotRequired[str],
    "ipAddress": NotRequired[str],
    "tagValue": NotRequired[str],
    "hash": NotRequired[str],
    "avatarUrl": NotRequired[str],
    "dateCreated": NotRequired[str],
})

ShortTeam = TypedDict("ShortTeam", {
    "id": NotRequired[str],
    "slug": NotRequired[str],
    "name": NotRequired[str],
})

Project = TypedDict("Project", {
    "id": NotRequired[str],
    "slug": NotRequired[str],
    "name": NotRequired[str],
    "platform": NotRequired[str],
    "platforms": NotRequired[list[str]],
    "dateCreated": NotRequired[str],
    "firstEvent": NotRequired[str],
    "firstTransactionEvent": NotRequired[bool],
    "status": NotRequired[str],
    "team": NotRequired["ShortTeam"],
    "teams": NotRequired[list["ShortTeam"]],
    "environments": NotRequired[list[str]],
    "latestRelease": NotRequired["Release"],
    "latestDeploys": NotRequired[dict[str, Any]],
    "features": NotRequired[list[str]],
    "access": NotRequired[list[str]],
    "options": NotRequired[dict[str, Any]],
    "avatar": NotRequired[dict[str, Any]],
    "color": NotRequired[str],
    "isBookmarked": NotRequired[bool],
    "isMember": NotRequired[bool],
    "isInternal": NotRequired[bool],
    "isPublic": NotRequired[bool],
    "hasAccess": NotRequired[bool],
    "hasUserReports": NotRequired[bool],
    "hasFeedbacks": NotRequired[bool],
    "hasNewFeedbacks": NotRequired[bool],
    "hasFlags": NotRequired[bool],
    "hasMinifiedStackTrace": NotRequired[bool],
    "hasMonitors": NotRequired[bool],
    "hasProfiles": NotRequired[bool],
    "hasReplays": NotRequired[bool],
    "hasSessions": NotRequired[bool],
    "hasLogs": NotRequired[bool],
    "hasTraceMetrics": NotRequired[bool],
    "hasInsightsHttp": NotRequired[bool],
    "hasInsightsDb": NotRequired[bool],
    "hasInsightsAssets": NotRequired[bool],
    "hasInsightsAppStart": NotRequired[bool],
    "hasInsightsScreenLoad": NotRequired[bool],
    "hasInsightsVitals": NotRequired[bool],
    "hasInsightsCaches": NotRequired[bool],
    "hasInsightsQueues": NotRequired[bool],
    "hasInsightsAgentMonitoring": NotRequired[bool],
    "hasInsightsMCP": NotRequired[bool],
    "stats": NotRequired[list[dict[str, Any]]],
    "transactionStats": NotRequired[list[dict[str, Any]]],
    "sessionStats": NotRequired[dict[str, Any]],
})

Team = TypedDict("Team", {
    "id": NotRequired[str],
    "slug": NotRequired[str],
    "name": NotRequired[str],
    "dateCreated": NotRequired[str],
    "memberCount": NotRequired[int],
    "projects": NotRequired[list["Project"]],
    "isMember": NotRequired[bool],
    "isPending": NotRequired[bool],
    "hasAccess": NotRequired[bool],
    "teamRole": NotRequired[str],
    "access": NotRequired[list[str]],
    "flags": NotRequired[dict[str, Any]],
    "avatar": NotRequired[dict[str, Any]],
    "externalTeams": NotRequired[list["ExternalActor"]],
    "organization": NotRequired[dict[str, Any]],
})

ExternalActor = TypedDict("ExternalActor", {
    "id": NotRequired[str],
    "userId": NotRequired[str],
    "teamId": NotRequired[str],
    "externalId": NotRequired[str],
    "externalName": NotRequired[str],
    "provider": NotRequired[str],
    "integrationId": NotRequired[str],
})

Member = TypedDict("Member", {
    "id": NotRequired[str],
    "email": NotRequired[str],
    "name": NotRequired[str],
    "user": NotRequired["User"],
    "orgRole": NotRequired[str],
    "role": NotRequired[str],
    "roleName": NotRequired[str],
    "pending": NotRequired[bool],
    "expired": NotRequired[bool],
    "inviteStatus": NotRequired[str],
    "inviterName": NotRequired[str],
    "dateCreated": NotRequired[str],
    "flags": NotRequired[dict[str, Any]],
    "externalUsers": NotRequired[list["ExternalActor"]],
    "teams": NotRequired[list[str]],
})

PartialType = TypedDict("PartialType", {
    "type": NotRequired[str],
    "organization": NotRequired[str],
    "reason": NotRequired[str],
})

InventoryChange = TypedDict("InventoryChange", {
    "change": NotRequired[str],
    "kind": NotRequired[str],
    "type": NotRequired[str],
    "key": NotRequired[str],
    "name": NotRequired[str],
    "organization": NotRequired[str],
    "source": NotRequired[str],
    "source_name": NotRequired[str],
    "target": NotRequired[str],
    "target_name": NotRequired[str],
    "old": NotRequired[dict[str, Any]],
    "new": NotRequired[dict[str, Any]],
})

InventorySnapshot = TypedDict("InventorySnapshot", {
    "id": NotRequired[str],
    "organization": NotRequired[str],
    "at": NotRequired[str],
    "complete": NotRequired[bool],
    "included": NotRequired[list[str]],
})

StoredInventory = TypedDict("StoredInventory", {
    "organization": NotRequired[str],
    "snapshots": NotRequired[int],
    "entities": NotRequired[int],
    "relationships": NotRequired[int],
})

EmployeeMatch = TypedDict("EmployeeMatch", {
    "matched": NotRequired[int],
    "members_without_employee": NotRequired[list[str]],
    "employees_without_member": NotRequired[list[str]],
})

SynchronizedCounts = TypedDict("SynchronizedCounts", {
    "uploaded": NotRequired[int],
    "created": NotRequired[int],
    "updated": NotRequired[int],
    "deleted": NotRequired[int],
})

RemovedUpload = TypedDict("RemovedUpload", {
    "job_id": NotRequired[str],
    "entities": NotRequired["SynchronizedCounts"],
    "relationships": NotRequired["SynchronizedCounts"],
    "last": NotRequired[dict[str, Any]],
})

NotAsGiven = TypedDict("NotAsGiven", {
    "key": NotRequired[str],
    "property": NotRequired[str],
    "reason": NotRequired[str],
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

AddCommentInput = TypedDict("AddCommentInput", {
    "issue_id": str,
    "text": str,
    "mentions": NotRequired[list[str]],
})

AddCommentOutput = TypedDict("AddCommentOutput", {
    "comment": NotRequired["Comment"],
    "created": NotRequired[bool],
})

CallApiInput = TypedDict("CallApiInput", {
    "method": NotRequired[Literal['GET', 'POST', 'PUT', 'DELETE']],
    "path": str,
    "query": NotRequired[dict[str, Any]],
    "body": NotRequired[dict[str, Any]],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

CallApiOutput = TypedDict("CallApiOutput", {
    "status": NotRequired[int],
    "body": NotRequired[dict[str, Any]],
    "items": NotRequired[list[dict[str, Any]]],
    "next_cursor": NotRequired[str],
})

CheckInInput = TypedDict("CheckInInput", {
    "dsn": str,
    "monitor_slug": str,
    "status": Literal['in_progress', 'ok', 'error'],
    "check_in_id": NotRequired[str],
    "duration": NotRequired[float],
    "environment": NotRequired[str],
    "release": NotRequired[str],
    "monitor_config": NotRequired["MonitorConfig"],
})

CheckInOutput = TypedDict("CheckInOutput", {
    "check_in_id": NotRequired[str],
    "monitor_slug": NotRequired[str],
})

CheckInventoryInput = TypedDict("CheckInventoryInput", {
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "snapshot": NotRequired[str],
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
    "store": NotRequired[bool],
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
    "snapshot": NotRequired[str],
})

CompareInventoriesInput = TypedDict("CompareInventoriesInput", {
    "organizations": NotRequired[list[str]],
    "snapshot": NotRequired[str],
    "before_snapshot": NotRequired[str],
    "include": NotRequired[list[str]],
    "volatile": NotRequired[bool],
    "limit": NotRequired[int],
    "file": NotRequired["File"],
    "before_file": NotRequired["File"],
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "partial_types": NotRequired[list["PartialType"]],
    "before_entities": NotRequired[list[dict[str, Any]]],
    "before_relationships": NotRequired[list[dict[str, Any]]],
    "before_partial_types": NotRequired[list["PartialType"]],
})

CompareInventoriesOutput = TypedDict("CompareInventoriesOutput", {
    "changes": NotRequired[list["InventoryChange"]],
    "counts": NotRequired[dict[str, Any]],
    "before": NotRequired[list["InventorySnapshot"]],
    "after": NotRequired[list["InventorySnapshot"]],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
    "not_compared": NotRequired[list[str]],
})

CreateDeployInput = TypedDict("CreateDeployInput", {
    "organization_slug": NotRequired[str],
    "version": str,
    "environment": str,
    "name": NotRequired[str],
    "url": NotRequired[str],
    "dateStarted": NotRequired[str],
    "dateFinished": NotRequired[str],
    "projects": NotRequired[list[str]],
    "unless_exists": NotRequired[bool],
})

CreateDeployOutput = TypedDict("CreateDeployOutput", {
    "deploy": NotRequired["Deploy"],
    "created": NotRequired[bool],
})

CreateReleaseInput = TypedDict("CreateReleaseInput", {
    "organization_slug": NotRequired[str],
    "version": str,
    "projects": list[str],
    "ref": NotRequired[str],
    "url": NotRequired[str],
    "dateReleased": NotRequired[str],
    "commits": NotRequired[list[dict[str, Any]]],
    "refs": NotRequired[list[dict[str, Any]]],
})

CreateReleaseOutput = TypedDict("CreateReleaseOutput", {
    "release": NotRequired["Release"],
    "created": NotRequired[bool],
})

DeleteInventoryInput = TypedDict("DeleteInventoryInput", {
    "organizations": NotRequired[list[str]],
    "dry_run": NotRequired[bool],
    "scope": NotRequired[str],
    "integration_instance_id": NotRequired[str],
})

DeleteInventoryOutput = TypedDict("DeleteInventoryOutput", {
    "removed": NotRequired[list["StoredInventory"]],
    "jupiterone": NotRequired["RemovedUpload"],
    "dry_run": NotRequired[bool],
})

DeleteIssuesInput = TypedDict("DeleteIssuesInput", {
    "issue_ids": NotRequired[list[str]],
    "query": NotRequired[str],
    "limit": NotRequired[int],
    "organization_slug": NotRequired[str],
    "project_slug": NotRequired[str],
    "dry_run": NotRequired[bool],
    "cursor": NotRequired[str],
})

DeleteIssuesOutput = TypedDict("DeleteIssuesOutput", {
    "results": NotRequired[list["IssueResult"]],
    "counts": NotRequired[dict[str, Any]],
})

DrawInventoryInput = TypedDict("DrawInventoryInput", {
    "title": NotRequired[str],
    "changes": NotRequired[list[dict[str, Any]]],
    "compare_with": NotRequired[str],
    "mark_findings": NotRequired[bool],
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "snapshot": NotRequired[str],
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
})

DrawInventoryOutput = TypedDict("DrawInventoryOutput", {
    "file": NotRequired["File"],
    "counts": NotRequired[dict[str, Any]],
    "severities": NotRequired[dict[str, Any]],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
})

ExportInventoryInput = TypedDict("ExportInventoryInput", {
    "format": NotRequired[Literal['jupiterone', 'cypher', 'graphml']],
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "snapshot": NotRequired[str],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
    "include": NotRequired[list[str]],
})

ExportInventoryOutput = TypedDict("ExportInventoryOutput", {
    "file": NotRequired["File"],
    "counts": NotRequired[dict[str, Any]],
    "partial_types": NotRequired[list["PartialType"]],
})

GetEventInput = TypedDict("GetEventInput", {
    "event_id": str,
    "issue_id": NotRequired[str],
    "organization_slug": NotRequired[str],
    "project_slug": NotRequired[str],
    "environment": NotRequired[str],
})

GetEventOutput = TypedDict("GetEventOutput", {
    "event": NotRequired["Event"],
})

GetIssueInput = TypedDict("GetIssueInput", {
    "issue_id": str,
    "environment": NotRequired[str],
    "expand": NotRequired[list[str]],
    "collapse": NotRequired[list[str]],
})

GetIssueOutput = TypedDict("GetIssueOutput", {
    "issue": NotRequired["Issue"],
})

ListCommentsInput = TypedDict("ListCommentsInput", {
    "issue_id": str,
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListCommentsOutput = TypedDict("ListCommentsOutput", {
    "comments": NotRequired[list["Comment"]],
    "next_cursor": NotRequired[str],
})

ListIssueEventsInput = TypedDict("ListIssueEventsInput", {
    "issue_id": str,
    "query": NotRequired[str],
    "environment": NotRequired[str],
    "statsPeriod": NotRequired[str],
    "start": NotRequired[str],
    "end": NotRequired[str],
    "full": NotRequired[bool],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListIssueEventsOutput = TypedDict("ListIssueEventsOutput", {
    "events": NotRequired[list["Event"]],
    "next_cursor": NotRequired[str],
})

ListIssuesInput = TypedDict("ListIssuesInput", {
    "organization_slug": NotRequired[str],
    "projects": NotRequired[list[str]],
    "environments": NotRequired[list[str]],
    "query": NotRequired[str],
    "sort": NotRequired[Literal['date', 'new', 'trends', 'freq', 'user', 'inbox', 'recommended', 'priority']],
    "statsPeriod": NotRequired[str],
    "start": NotRequired[str],
    "end": NotRequired[str],
    "groupStatsPeriod": NotRequired[Literal['24h', '14d', 'auto', '']],
    "shortIdLookup": NotRequired[bool],
    "expand": NotRequired[list[str]],
    "collapse": NotRequired[list[str]],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListIssuesOutput = TypedDict("ListIssuesOutput", {
    "issues": NotRequired[list["Issue"]],
    "next_cursor": NotRequired[str],
})

ListMembersInput = TypedDict("ListMembersInput", {
    "organization_slug": NotRequired[str],
    "query": NotRequired[str],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListMembersOutput = TypedDict("ListMembersOutput", {
    "members": NotRequired[list["Member"]],
    "next_cursor": NotRequired[str],
})

ListProjectIssuesInput = TypedDict("ListProjectIssuesInput", {
    "organization_slug": str,
    "project_slug": str,
    "query": NotRequired[str],
    "statsPeriod": NotRequired[Literal['24h', '14d', '']],
    "shortIdLookup": NotRequired[bool],
    "sort": NotRequired[Literal['date', 'new', 'trends', 'freq', 'user', 'inbox', 'priority']],
    "environment": NotRequired[str],
    "start": NotRequired[str],
    "end": NotRequired[str],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListProjectIssuesOutput = TypedDict("ListProjectIssuesOutput", {
    "issues": NotRequired[list["Issue"]],
    "next_cursor": NotRequired[str],
})

ListProjectsInput = TypedDict("ListProjectsInput", {
    "organization_slug": NotRequired[str],
    "query": NotRequired[str],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListProjectsOutput = TypedDict("ListProjectsOutput", {
    "projects": NotRequired[list["Project"]],
    "next_cursor": NotRequired[str],
})

ListReleasesInput = TypedDict("ListReleasesInput", {
    "organization_slug": NotRequired[str],
    "projects": NotRequired[list[str]],
    "environments": NotRequired[list[str]],
    "query": NotRequired[str],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListReleasesOutput = TypedDict("ListReleasesOutput", {
    "releases": NotRequired[list["Release"]],
    "next_cursor": NotRequired[str],
})

ListTagValuesInput = TypedDict("ListTagValuesInput", {
    "issue_id": str,
    "key": str,
    "environment": NotRequired[str],
    "sort": NotRequired[Literal['date', 'age', 'count', 'id']],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListTagValuesOutput = TypedDict("ListTagValuesOutput", {
    "values": NotRequired[list["TagValue"]],
    "next_cursor": NotRequired[str],
})

ListTeamsInput = TypedDict("ListTeamsInput", {
    "organization_slug": NotRequired[str],
    "query": NotRequired[str],
    "detailed": NotRequired[bool],
    "limit": NotRequired[int],
    "cursor": NotRequired[str],
})

ListTeamsOutput = TypedDict("ListTeamsOutput", {
    "teams": NotRequired[list["Team"]],
    "next_cursor": NotRequired[str],
})

MergeIssuesInput = TypedDict("MergeIssuesInput", {
    "issue_ids": list[str],
})

MergeIssuesOutput = TypedDict("MergeIssuesOutput", {
    "parent": NotRequired[str],
    "children": NotRequired[list[str]],
})

QueryInventoryInput = TypedDict("QueryInventoryInput", {
    "question": NotRequired[Literal['who_can_reach', 'what_can_reach']],
    "subject": NotRequired[str],
    "sql": NotRequired[str],
    "parameters": NotRequired[dict[str, Any]],
    "limit": NotRequired[int],
    "seconds": NotRequired[int],
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "snapshot": NotRequired[str],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
})

QueryInventoryOutput = TypedDict("QueryInventoryOutput", {
    "columns": NotRequired[list[str]],
    "rows": NotRequired[list[dict[str, Any]]],
    "count": NotRequired[int],
    "is_cut": NotRequired[bool],
    "partial_types": NotRequired[list["PartialType"]],
})

SubmitEventInput = TypedDict("SubmitEventInput", {
    "dsn": str,
    "sentry_version": NotRequired[int],
    "event_json": "EventJSON",
})

SubmitEventOutput = TypedDict("SubmitEventOutput", {
    "id": NotRequired[str],
})

SubmitFeedbackInput = TypedDict("SubmitFeedbackInput", {
    "dsn": str,
    "message": str,
    "name": NotRequired[str],
    "email": NotRequired[str],
    "url": NotRequired[str],
    "associated_event_id": NotRequired[str],
    "event_id": NotRequired[str],
    "environment": NotRequired[str],
    "release": NotRequired[str],
    "tags": NotRequired[dict[str, Any]],
})

SubmitFeedbackOutput = TypedDict("SubmitFeedbackOutput", {
    "id": NotRequired[str],
})

UpdateIssueInput = TypedDict("UpdateIssueInput", {
    "issue_id": str,
    "status": NotRequired[Literal['resolved', 'resolvedInNextRelease', 'unresolved', 'ignored']],
    "assignedTo": NotRequired[str],
    "hasSeen": NotRequired[bool],
    "isSubscribed": NotRequired[bool],
    "isPublic": NotRequired[bool],
    "isBookmarked": NotRequired[bool],
    "resolve_in_release": NotRequired[str],
    "resolve_in_commit": NotRequired[str],
    "repository": NotRequired[str],
    "archive": NotRequired[Literal['forever', 'until_escalating']],
    "archive_minutes": NotRequired[int],
    "archive_events": NotRequired[int],
    "archive_users": NotRequired[int],
    "archive_window_minutes": NotRequired[int],
    "substatus": NotRequired[Literal['new', 'ongoing', 'escalating', 'regressed']],
    "priority": NotRequired[Literal['low', 'medium', 'high']],
    "inbox": NotRequired[bool],
})

UpdateIssueOutput = TypedDict("UpdateIssueOutput", {
    "issue": NotRequired["Issue"],
    "changes": NotRequired[dict[str, Any]],
    "changed": NotRequired[bool],
})

UpdateIssuesInput = TypedDict("UpdateIssuesInput", {
    "issue_ids": NotRequired[list[str]],
    "query": NotRequired[str],
    "limit": NotRequired[int],
    "organization_slug": NotRequired[str],
    "project_slug": NotRequired[str],
    "dry_run": NotRequired[bool],
    "cursor": NotRequired[str],
    "status": NotRequired[Literal['resolved', 'resolvedInNextRelease', 'unresolved', 'ignored']],
    "assignedTo": NotRequired[str],
    "hasSeen": NotRequired[bool],
    "isSubscribed": NotRequired[bool],
    "isPublic": NotRequired[bool],
    "isBookmarked": NotRequired[bool],
    "resolve_in_release": NotRequired[str],
    "resolve_in_commit": NotRequired[str],
    "repository": NotRequired[str],
    "archive": NotRequired[Literal['forever', 'until_escalating']],
    "archive_minutes": NotRequired[int],
    "archive_events": NotRequired[int],
    "archive_users": NotRequired[int],
    "archive_window_minutes": NotRequired[int],
    "substatus": NotRequired[Literal['new', 'ongoing', 'escalating', 'regressed']],
    "priority": NotRequired[Literal['low', 'medium', 'high']],
    "inbox": NotRequired[bool],
})

UpdateIssuesOutput = TypedDict("UpdateIssuesOutput", {
    "results": NotRequired[list["IssueResult"]],
    "counts": NotRequired[dict[str, Any]],
})

UploadInventoryInput = TypedDict("UploadInventoryInput", {
    "scope": NotRequired[str],
    "integration_instance_id": NotRequired[str],
    "entities": NotRequired[list[dict[str, Any]]],
    "relationships": NotRequired[list[dict[str, Any]]],
    "file": NotRequired["File"],
    "snapshot": NotRequired[str],
    "partial_types": NotRequired[list["PartialType"]],
    "organizations": NotRequired[list[str]],
    "include": NotRequired[list[str]],
    "account_name": NotRequired[str],
    "tag_account_name": NotRequired[bool],
    "allow_empty": NotRequired[bool],
    "dry_run": NotRequired[bool],
    "compress": NotRequired[bool],
})

UploadInventoryOutput = TypedDict("UploadInventoryOutput", {
    "job_id": NotRequired[str],
    "dry_run": NotRequired[bool],
    "entities": NotRequired["SynchronizedCounts"],
    "relationships": NotRequired["SynchronizedCounts"],
    "counts": NotRequired[dict[str, Any]],
    "requests": NotRequired[int],
    "bytes": NotRequired[int],
    "partial_types": NotRequired[list["PartialType"]],
    "emptied_types": NotRequired[list[str]],
    "skipped": NotRequired[list["NotAsGiven"]],
    "cut": NotRequired[list["NotAsGiven"]],
    "seconds": NotRequired[float],
})

InventoryChangedInput = TypedDict("InventoryChangedInput", {
    "organizations": NotRequired[list[str]],
    "alerts": NotRequired[list[str]],
    "include": NotRequired[list[str]],
    "polling_interval": NotRequired[Literal['DISABLED', 'THIRTY_MINUTES', 'ONE_HOUR', 'FOUR_HOURS', 'EIGHT_HOURS', 'TWELVE_HOURS', 'ONE_DAY', 'ONE_WEEK']],
    "minutes": NotRequired[int],
})

InventoryChangedOutput = TypedDict("InventoryChangedOutput", {
    "occurrence": str,
    "at": str,
    "alerts": list[str],
    "change": "InventoryChange",
})

NewEventInput = TypedDict("NewEventInput", {
    "organization_slug": NotRequired[str],
    "issue_ids": NotRequired[list[str]],
    "projects": NotRequired[list[str]],
    "full": NotRequired[bool],
    "interval": NotRequired[int],
    "longest_interval": NotRequired[int],
    "since": NotRequired[str],
    "look_back_hours": NotRequired[int],
})

NewEventOutput = TypedDict("NewEventOutput", {
    "occurrence": str,
    "at": str,
    "event": "Event",
})

NewIssueInput = TypedDict("NewIssueInput", {
    "organization_slug": NotRequired[str],
    "projects": NotRequired[list[str]],
    "kinds": NotRequired[list[str]],
    "query": NotRequired[str],
    "environments": NotRequired[list[str]],
    "level": NotRequired[Literal['fatal', 'error', 'warning', 'info', 'debug']],
    "interval": NotRequired[int],
    "longest_interval": NotRequired[int],
    "since": NotRequired[str],
    "look_back_days": NotRequired[int],
})

NewIssueOutput = TypedDict("NewIssueOutput", {
    "kind": str,
    "occurrence": str,
    "at": str,
    "issue": "Issue",
    "activity": NotRequired["Activity"],
})

CollectEventsInput = TypedDict("CollectEventsInput", {
    "organization_slug": NotRequired[str],
    "issue_ids": NotRequired[list[str]],
    "projects": NotRequired[list[str]],
    "full": NotRequired[bool],
    "since": NotRequired[str],
})

CollectEventsState = TypedDict("CollectEventsState", {
    "lists": NotRequired[dict[str, Any]],
    "left": NotRequired[list[str]],
})

CollectEventsOutput = TypedDict("CollectEventsOutput", {
    "events": NotRequired[list["Event"]],
})

CollectIssuesInput = TypedDict("CollectIssuesInput", {
    "organization_slug": NotRequired[str],
    "projects": NotRequired[list[str]],
    "query": NotRequired[str],
    "environments": NotRequired[list[str]],
    "level": NotRequired[Literal['fatal', 'error', 'warning', 'info', 'debug']],
    "since": NotRequired[str],
})

CollectIssuesState = TypedDict("CollectIssuesState", {
    "lists": NotRequired[dict[str, Any]],
    "left": NotRequired[list[str]],
})

CollectIssuesOutput = TypedDict("CollectIssuesOutput", {
    "issues": NotRequired[list["Issue"]],
})
