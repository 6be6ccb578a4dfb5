// pki writes keys and certificates: `pki DIRECTORY < requests.json`.
//
// A request without "signer" is a certificate authority; the others name one that stands before them.
// Each request NAME becomes NAME.crt and NAME.key; "keyPair" makes NAME.key and NAME.pub instead.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

type request struct {
	Name, Signer, CommonName, Organization string
	KeyPair                                bool
	Server                                 bool     // else a client certificate
	DNS, IPs                               []string // what a server answers to
}

type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func write(path, kind string, der []byte) {
	block := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		log.Fatal(err)
	}
}

func template(r request) *x509.Certificate {
	serial := must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)))
	certificate := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: r.CommonName},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(10, 0, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		DNSNames:              r.DNS,
	}
	if r.Organization != "" {
		certificate.Subject.Organization = []string{r.Organization}
	}
	if r.Server {
		certificate.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	for _, ip := range r.IPs {
		certificate.IPAddresses = append(certificate.IPAddresses, net.ParseIP(ip))
	}
	if r.Signer == "" {
		certificate.IsCA = true
		certificate.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
		certificate.ExtKeyUsage = nil
	}
	return certificate
}

func main() {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		log.Fatal(err)
	}
	signers := map[string]signer{}
	for _, r := range requests {
		path := filepath.Join(os.Args[1], r.Name)
		key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		write(path+".key", "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(key)))
		if r.KeyPair {
			write(path+".pub", "PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&key.PublicKey)))
			continue
		}
		certificate := template(r)
		by := signer{certificate, key}
		if r.Signer != "" {
			known, ok := signers[r.Signer]
			if !ok {
				log.Fatalf("%s: no authority %q stands before it", r.Name, r.Signer)
			}
			by = known
		}
		der := must(x509.CreateCertificate(rand.Reader, certificate, by.certificate, &key.PublicKey, by.key))
		write(path+".crt", "CERTIFICATE", der)
		if r.Signer == "" {
			signers[r.Name] = signer{must(x509.ParseCertificate(der)), key}
		}
	}
}
