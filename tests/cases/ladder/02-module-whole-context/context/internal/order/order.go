// Package order makes orders.
package order

import "github.com/google/uuid"

// New returns the number of a new order.
func New() string {
	return uuid.NewString()
}
