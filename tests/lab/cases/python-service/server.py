"""Counts its visits in a database, and says how many there were."""
import http.server
import os
import signal
import sqlite3
import sys

store = sqlite3.connect("/data/visits.db")
store.execute("CREATE TABLE IF NOT EXISTS visit (at TEXT DEFAULT CURRENT_TIMESTAMP)")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        store.execute("INSERT INTO visit DEFAULT VALUES")
        store.commit()
        body = f"visits: {store.execute('SELECT count(*) FROM visit').fetchone()[0]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def stop(*_):
    store.close()
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
print("ready", file=sys.stderr, flush=True)
http.server.HTTPServer(("", 8000), Handler).serve_forever()
