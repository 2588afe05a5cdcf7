"""The Prefect flows: order, schedules and what the Prefect page shows. The work itself is in broadsheet."""
