package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// isTLS says whether the receiver could not prove who it is.
func isTLS(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		record    tls.RecordHeaderError
	)
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &record)
}
