"""The contexts of which Sentry knows fields; it keeps their other fields, too.

https://github.com/getsentry/relay/tree/master/relay-event-schema/src/protocol/contexts
"""

from __future__ import annotations

from sentry_plugin.ingest.eventrules import requests
from sentry_plugin.ingest.eventrules.containers import FREE, ListOf, Object
from sentry_plugin.ingest.eventrules.fields import (
    COUNT,
    FLAG,
    NUMBER,
    SET_BY_SENTRY,
    SPAN_ID,
    TEXT,
    TEXTS,
    TRACE_ID,
    UUID,
    fields,
)
from sentry_plugin.ingest.eventrules.kinds import ANYTHING, Choice, Kind, Text, matching


def _known(*groups: tuple[Kind, str]) -> Object:
    return Object(fields(*groups), ANYTHING)


_STATUSES = (
    *("ok", "cancelled", "unknown", "invalid_argument", "deadline_exceeded", "not_found"),
    *("already_exists", "permission_denied", "resource_exhausted", "failed_precondition"),
    *("aborted", "out_of_range", "unimplemented", "internal_error", "unavailable", "data_loss"),
    "unauthenticated",
)
_STATUS = Choice(
    frozenset({*_STATUSES, "success", "failure", "unknown_error"}),
    "it is not a status of a trace",
    dict(enumerate(_STATUSES)),
)
_FLAG_NAME = matching(r"[a-zA-Z0-9_.:-]*", "it has more than letters, digits and _.:-", most=200)
CONTEXTS = {
    "device": _known(
        (TEXT, "name family model model_id arch orientation manufacturer brand boot_time timezone"),
        (TEXT, "screen_resolution locale cpu_description device_type battery_status"),
        (TEXT, "device_unique_identifier"),
        (NUMBER, "battery_level screen_density"),
        (COUNT, "screen_height_pixels screen_width_pixels screen_dpi memory_size free_memory"),
        (COUNT, "usable_memory storage_size free_storage external_storage_size"),
        (COUNT, "external_free_storage processor_count processor_frequency"),
        (FLAG, "online charging low_memory simulator supports_vibration supports_accelerometer"),
        (FLAG, "supports_gyroscope supports_audio supports_location_service"),
        (UUID, "uuid"),
    ),
    "os": _known(
        (TEXT, "os name version build kernel_version distribution_name distribution_version"),
        (TEXT, "distribution_pretty_name raw_description"),
        (FLAG, "rooted"),
    ),
    "runtime": _known((TEXT, "runtime name version build raw_description")),
    "app": _known(
        (TEXT, "app_start_time device_app_hash build_type app_identifier app_name app_version"),
        (TEXT, "app_build"),
        (COUNT, "app_memory"),
        (FLAG, "in_foreground"),
        (TEXTS, "view_names"),
    ),
    "browser": _known((TEXT, "browser name version")),
    "gpu": _known(
        (TEXT, "name version vendor_id vendor_name api_type npot_support graphics_shader_level"),
        (COUNT, "memory_size max_texture_size"),
        (FLAG, "multi_threaded_rendering supports_draw_call_instancing supports_ray_tracing"),
        (FLAG, "supports_compute_shaders supports_geometry_shaders"),
    ),
    "trace": _known(
        (TRACE_ID, "trace_id"),
        (SPAN_ID, "span_id parent_span_id"),
        (Text(128), "op"),
        (
            matching(r"[a-zA-Z0-9_.]*", "it has more than letters, digits, _ and .", most=128),
            "origin",
        ),
        (_STATUS, "status"),
        (NUMBER, "exclusive_time"),
        (SET_BY_SENTRY, "client_sample_rate"),
        (FLAG, "sampled"),
        (FREE, "data"),
    ),
    "profile": Object(fields((UUID, "profile_id profiler_id"), (ANYTHING, "type"))),
    "replay": _known((UUID, "replay_id")),
    "feedback": _known((TEXT, "message contact_email")),
    "culture": _known((TEXT, "calendar display_name locale timezone"), (FLAG, "is_24_hour_format")),
    "response": _known(
        (requests.COOKIES, "cookies"),
        (requests.HEADERS, "headers"),
        (COUNT, "status_code body_size"),
        (SET_BY_SENTRY, "inferred_content_type"),
    ),
    "otel": _known((FREE, "attributes resource")),
    "spring": _known((TEXTS, "active_profiles")),
    "memory_info": _known(
        (COUNT, "allocated_bytes fragmented_bytes heap_size_bytes promoted_bytes index"),
        (COUNT, "high_memory_load_threshold_bytes total_available_memory_bytes memory_load_bytes"),
        (COUNT, "total_committed_bytes pinned_objects_count finalization_pending_count"),
        (NUMBER, "pause_time_percentage"),
        (FLAG, "compacted concurrent"),
        (ListOf(COUNT), "pause_durations"),
    ),
    "threadpool_info": _known(
        (COUNT, "min_worker_threads min_completion_port_threads max_worker_threads"),
        (COUNT, "max_completion_port_threads available_worker_threads"),
        (COUNT, "available_completion_port_threads"),
    ),
    "unity": _known(
        (TEXT, "copy_texture_support editor_version install_mode rendering_threading_mode"),
        (TEXT, "target_frame_rate"),
    ),
    "otaupdates": _known((TEXT, "channel runtime_version update_id")),
    "performancescore": _known((TEXT, "score_profile_version")),
    "flags": _known((ListOf(_known((_FLAG_NAME, "flag"))), "values")),
}
