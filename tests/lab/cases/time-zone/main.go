// Prints one moment in three zones.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println("uid", os.Getuid())
	moment := time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)
	fmt.Println(moment.Local().Format(time.DateTime + " MST"))
	for _, name := range []string{"America/New_York", "Europe/Berlin"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(moment.In(zone).Format(time.DateTime + " MST"))
	}
}
