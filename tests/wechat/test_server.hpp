#pragma once

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/wechat/vectors.hpp"

// A server that misbehaves to order: blocking sockets on one thread, one script per connection.
namespace fakes {

class peer {
public:
    peer(int fd, SSL* tls) : fd_{fd}, tls_{tls} {}
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    ~peer() {
        SSL_free(tls_);
        if (fd_ >= 0) ::close(fd_);
    }

    // Head and body of one request; "" when the client went away.
    std::string read_request() {
        std::string got;
        char buffer[4096];
        for (;;) {
            const auto head = got.find("\r\n\r\n");
            if (head != std::string::npos && got.size() >= head + 4 + body_size(got)) return got;
            const int count = tls_ ? SSL_read(tls_, buffer, sizeof buffer)
                                   : static_cast<int>(::recv(fd_, buffer, sizeof buffer, 0));
            if (count <= 0) return {};
            got.append(buffer, static_cast<std::size_t>(count));
        }
    }
    void write(std::string_view bytes) {
        if (tls_) {
            SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        } else {
            ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
    }
    void answer(std::string_view body, std::string_view status = "200 OK") {
        write(
            "HTTP/1.1 " + std::string{status} + "\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\nX-Kind: Test\r\n\r\n" + std::string{body}
        );
    }
    void close_properly() {
        if (tls_) SSL_shutdown(tls_);
    }
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(std::exchange(fd_, -1));
    }

private:
    static std::size_t body_size(const std::string& request) {
        const auto at = request.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
    }

    int fd_;
    SSL* tls_;
};

inline void sleep_ms(int count) {
    std::this_thread::sleep_for(std::chrono::milliseconds{count});
}

class test_server {
public:
    using script = std::function<void(peer&)>;

    // tls_name: the host its certificate is made for; "" speaks plain http.
    explicit test_server(script each, const std::string& tls_name = {}) : each_{std::move(each)} {
        if (!tls_name.empty()) context_ = certified(tls_name);
        listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        if (::bind(listening_, reinterpret_cast<sockaddr*>(&where), size) != 0 ||
            ::listen(listening_, 16) != 0) {
            throw std::runtime_error{"cannot listen"};
        }
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&where), &size);
        port_ = ntohs(where.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~test_server() {
        ::shutdown(listening_, SHUT_RDWR);
        thread_.join();
        ::close(listening_);
        SSL_CTX_free(context_);
    }

    std::string url(std::string_view host, std::string_view target) const {
        return std::string{context_ ? "https://" : "http://"} + std::string{host} + ":" +
               std::to_string(port_) + std::string{target};
    }
    int accepted() const { return accepted_; }

private:
    void serve() {
        for (;;) {
            const int fd = ::accept(listening_, nullptr, nullptr);
            if (fd < 0) return;
            // A script that forgot to end must not hang the test.
            const timeval patience{5, 0};
            ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            ++accepted_;
            SSL* tls = nullptr;
            if (context_) {
                tls = SSL_new(context_);
                SSL_set_fd(tls, fd);
                if (SSL_accept(tls) != 1) {
                    peer failed{fd, tls};
                    continue;
                }
            }
            peer one{fd, tls};
            each_(one);
        }
    }

    // A fresh key and a certificate for `name`, signed by the vectors' test authority.
    static SSL_CTX* certified(const std::string& name) {
        const auto ca_pem = vectors::key_file("test_ca.cert.pem");
        const auto ca_key_pem = vectors::key_file("test_ca.private.pem");
        BIO* source = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
        X509* ca = PEM_read_bio_X509(source, nullptr, nullptr, nullptr);
        BIO_free(source);
        source = BIO_new_mem_buf(ca_key_pem.data(), static_cast<int>(ca_key_pem.size()));
        EVP_PKEY* ca_key = PEM_read_bio_PrivateKey(source, nullptr, nullptr, nullptr);
        BIO_free(source);
        EVP_PKEY* key = EVP_EC_gen("P-256");

        X509* made = X509_new();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
        X509_gmtime_adj(X509_getm_notBefore(made), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made), 3600);
        X509_set_pubkey(made, key);
        X509_set_issuer_name(made, X509_get_subject_name(ca));
        const auto names = "DNS:" + name;
        X509_EXTENSION* extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
        X509_add_ext(made, extension, -1);
        X509_EXTENSION_free(extension);
        X509_sign(made, ca_key, EVP_sha256());

        SSL_CTX* context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context, made);
        SSL_CTX_use_PrivateKey(context, key);
        X509_free(made);
        X509_free(ca);
        EVP_PKEY_free(key);
        EVP_PKEY_free(ca_key);
        return context;
    }

    script each_;
    SSL_CTX* context_ = nullptr;
    int listening_ = -1;
    unsigned port_ = 0;
    std::atomic<int> accepted_{0};
    std::thread thread_;
};

}  // namespace fakes
