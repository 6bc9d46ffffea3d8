"""The health check for process monitors: a status code and one plain line."""

from handlers.services import Services

WELL, UNWELL = 200, 503


async def health(services: Services) -> tuple[int, str]:
    """Return 200 and `ok`, or 503 and what is wrong."""
    said = await fault(services)
    return (UNWELL, said) if said else (WELL, "ok")


async def fault(services: Services) -> str | None:
    """Return in sentences what is wrong, or None."""
    faults = (
        services.jobs.fault,
        services.schedule.fault,
        await services.database.fault(),
        await services.upkeep.fault(),
    )
    return " ".join(fault for fault in faults if fault) or None
