// Keeps what it was sent last in a file of its temporary folder.
const fs = require("fs");
const http = require("http");
const os = require("os");
const path = require("path");

const last = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "last-")), "last.txt");
fs.writeFileSync(last, "nothing yet");

const server = http.createServer((request, response) => {
  const before = fs.readFileSync(last, "utf8");
  fs.writeFileSync(last, request.url);
  response.end(`before: ${before.length > 0}\n`);
});
process.on("SIGTERM", () => server.close(() => process.exit(0)));
server.listen(Number(process.env.PORT), () => console.error("ready"));
