Broadsheet.months([
["2026-06",5]
]);
