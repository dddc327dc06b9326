// A vulnerability database for Trivy that knows a few real advisories: enough to see a scan work without a network.
//
// Usage: database FOLDER, which becomes Trivy's `db` folder: trivy.db and metadata.json, in the schema that
// github.com/aquasecurity/trivy-db writes itself.
package main

import (
	"log"
	"os"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/vulnerability"
	bolt "go.etcd.io/bbolt"
)

// advisory is what one source says of one package.
type advisory struct {
	id       string
	bucket   string
	pkg      string
	severity types.Severity
	source   types.SourceID // whose severity that is
	detail   types.Advisory
}

const (
	debian = "debian 12"
	golang = "go::The Go Vulnerability Database"
)

var sources = map[string]types.DataSource{
	debian: {ID: vulnerability.Debian, Name: "Debian Security Tracker", URL: "https://security-tracker.debian.org"},
	golang: {ID: vulnerability.GoVulnDB, Name: "The Go Vulnerability Database", URL: "https://pkg.go.dev/vuln"},
}

// The Debian packages are those of bookworm, which has no fix for these; stdlib is what a Go program is built with.
var advisories = []advisory{
	{"CVE-2023-45853", debian, "zlib", types.SeverityCritical, vulnerability.NVD, unfixed(types.StatusWillNotFix)},
	{"CVE-2023-2953", debian, "openldap", types.SeverityHigh, vulnerability.NVD, unfixed(types.StatusAffected)},
	{"CVE-2023-50495", debian, "ncurses", types.SeverityMedium, vulnerability.NVD, unfixed(types.StatusAffected)},
	{"CVE-2011-3374", debian, "apt", types.SeverityLow, vulnerability.Debian, unfixed(types.StatusAffected)},
	{"CVE-2005-2541", debian, "tar", types.SeverityLow, vulnerability.Debian, unfixed(types.StatusAffected)},
	// DSA-5523-1: what the lab installs has the fix, so it must not be reported.
	{"CVE-2023-38545", debian, "curl", types.SeverityCritical, vulnerability.NVD, types.Advisory{FixedVersion: "7.88.1-10+deb12u4"}},
	// GO-2025-3563, GO-2025-4155, GO-2025-3373.
	{"CVE-2025-22871", golang, "stdlib", types.SeverityCritical, vulnerability.NVD, ranges("<1.23.8", ">=1.24.0-0, <1.24.2")},
	{"CVE-2025-61729", golang, "stdlib", types.SeverityHigh, vulnerability.NVD, ranges("<1.24.11", ">=1.25.0, <1.25.5")},
	{"CVE-2024-45341", golang, "stdlib", types.SeverityMedium, vulnerability.NVD, ranges("<1.22.11", ">=1.23.0-0, <1.23.5")},
	// GO-2024-2887, fixed before the lab's Go 1.22.10: must not be reported either.
	{"CVE-2024-24790", golang, "stdlib", types.SeverityCritical, vulnerability.NVD, ranges("<1.21.11", ">=1.22.0-0, <1.22.4")},
}

func unfixed(status types.Status) types.Advisory { return types.Advisory{Status: status} }

func ranges(vulnerable ...string) types.Advisory {
	return types.Advisory{VulnerableVersions: vulnerable}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: database FOLDER")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(folder string) error {
	if err := db.Init(folder); err != nil {
		return err
	}
	defer db.Close()
	if err := (db.Config{}).BatchUpdate(fill); err != nil {
		return err
	}
	if err := (db.Config{}).DeleteAdvisoryDetailBucket(); err != nil {
		return err
	}
	now := time.Now().UTC()
	return metadata.NewClient(folder).Update(metadata.Metadata{
		Version: db.SchemaVersion, UpdatedAt: now, NextUpdate: now.AddDate(10, 0, 0), DownloadedAt: now,
	})
}

func fill(tx *bolt.Tx) error {
	config := db.Config{}
	for bucket, source := range sources {
		if err := config.PutDataSource(tx, bucket, source); err != nil {
			return err
		}
	}
	for _, one := range advisories {
		detail := one.detail
		if err := config.PutAdvisoryDetail(tx, one.id, one.pkg, []string{one.bucket}, &detail); err != nil {
			return err
		}
		if err := config.SaveAdvisoryDetails(tx, one.id); err != nil {
			return err
		}
		about := types.Vulnerability{
			Severity:       one.severity.String(),
			VendorSeverity: types.VendorSeverity{one.source: one.severity},
		}
		if err := config.PutVulnerability(tx, one.id, about); err != nil {
			return err
		}
	}
	return nil
}
