// What the named mail programs do not show of an HTML file, by the data of caniemail.com: one JSON object a line.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const clients = ["gmail.*", "outlook.*", "apple-mail.*", "yahoo.*", "thunderbird.*"];
for (const file of process.argv.slice(2)) {
  const { issues } = caniemail({ clients, html: readFileSync(file, "utf8") });
  for (const [client, found] of issues.errors ?? [])
    for (const issue of found) console.log(JSON.stringify({ file, client, feature: issue.title }));
}
