#pragma once

#include "tests/providers/socket_server.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <memory>

namespace trunkline::tests {

/// A server that speaks TLS with a certificate for one host, signed by itself, and answers 200.
class tls_server {
public:
  explicit tls_server(const std::string& host) : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    describe(certificate.get(), key.get(), host);
    BOOST_REQUIRE(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
    const std::unique_ptr<FILE, decltype(&std::fclose)> file(std::fopen(certificate_file().c_str(), "w"), &std::fclose);
    BOOST_REQUIRE((file && PEM_write_X509(file.get(), certificate.get()) == 1));
  }

  std::string certificate_file() const { return folder_.file("certificate.pem"); }
  std::string url(const std::string& host) const { return fmt::format("https://{}:{}/", host, server_.port()); }
  int requests() const { return requests_; } ///< that could be read

private:
  static void describe(X509* certificate, EVP_PKEY* key, const std::string& host) {
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* const name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    auto* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    BOOST_REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
  }

  void serve(const server_connection& one) {
    sigset_t pipe; // OpenSSL writes to a client that has gone
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(tls.get(), one.socket());
    std::string seen;
    std::array<char, 4096> chunk{};
    for (int got = SSL_accept(tls.get()); got > 0;) {
      got = SSL_read(tls.get(), chunk.data(), chunk.size());
      seen.append(chunk.data(), static_cast<size_t>(std::max(0, got)));
      if (!seen.ends_with("15551234567")) // the body of tests::post()
        continue;
      ++requests_;
      seen.clear();
      constexpr std::string_view answer = "HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n";
      SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
    }
  }

  temp_folder folder_;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::atomic<int> requests_{0};
  socket_server server_{[this](server_connection& one) { serve(one); }};
};

} // namespace trunkline::tests
