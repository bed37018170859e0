#include "wechat/pay/keys.hpp"

#include <ctime>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace wechat::pay {
namespace {

constexpr int smallest_rsa_bits = 2048;

using bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using digest_context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

bio reading(std::string_view text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// Without this OpenSSL would ask for a password at the terminal.
int no_password(char*, int, int, void*) {
    return -1;
}

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) {
    ERR_clear_error();  // a failed reading must not surface in somebody's TLS call
    return {key, [](EVP_PKEY* held) { EVP_PKEY_free(held); }};
}

bool is_good_rsa(const std::shared_ptr<EVP_PKEY>& key) {
    return key && EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA &&
           EVP_PKEY_bits(key.get()) >= smallest_rsa_bits;
}

std::int64_t to_epoch_s(const ASN1_TIME* when) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(when, &parts) != 1) return 0;
    return static_cast<std::int64_t>(timegm(&parts));
}

std::string hex_serial(const X509* from) {
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number{
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(from), nullptr), &BN_free};
    if (!number) return {};
    char* text = BN_bn2hex(number.get());
    std::string out = text == nullptr ? "" : text;
    OPENSSL_free(text);
    return out;
}

}  // namespace

private_key private_key::from_pem(const base::secret& pem) {
    const auto source = reading(pem.reveal());
    private_key made;
    made.key_ = shared(PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr));
    if (!is_good_rsa(made.key_)) {
        throw base::error{
            base::errc::conf_invalid, "not an unencrypted RSA private key of 2048 bits or more"};
    }
    return made;
}

std::string private_key::sign(std::string_view message) const {
    const digest_context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::string out(static_cast<std::size_t>(EVP_PKEY_size(key_.get())), '\0');
    std::size_t size = out.size();
    const bool done =
        context &&
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestSign(
            context.get(),
            reinterpret_cast<unsigned char*>(out.data()),
            &size,
            raw(message),
            message.size()
        ) == 1;
    base::ensure(done, "a parsed RSA key signs");
    out.resize(size);
    return base::to_base64(out);
}

public_key public_key::from_pem(std::string_view pem) {
    const auto source = reading(pem);
    auto key = shared(PEM_read_bio_PUBKEY(source.get(), nullptr, no_password, nullptr));
    if (!is_good_rsa(key)) {
        throw base::error{
            base::errc::conf_invalid, "not an RSA public key (BEGIN PUBLIC KEY) of 2048 bits"};
    }
    return public_key{std::move(key)};
}

bool public_key::verify(std::string_view message, std::string_view signature_bytes) const {
    const digest_context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    const bool good =
        context &&
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(
            context.get(),
            raw(signature_bytes),
            signature_bytes.size(),
            raw(message),
            message.size()
        ) == 1;
    if (!good) ERR_clear_error();
    return good;
}

std::string public_key::encrypt(std::string_view plain) const {
    const key_context context{EVP_PKEY_CTX_new(key_.get(), nullptr), &EVP_PKEY_CTX_free};
    std::string out(static_cast<std::size_t>(EVP_PKEY_size(key_.get())), '\0');
    std::size_t size = out.size();
    const bool done = context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha1()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha1()) == 1 &&
                      EVP_PKEY_encrypt(
                          context.get(),
                          reinterpret_cast<unsigned char*>(out.data()),
                          &size,
                          raw(plain),
                          plain.size()
                      ) == 1;
    if (!done) ERR_clear_error();
    base::ensure(done, "a sensitive field fits into one RSA block");
    out.resize(size);
    return base::to_base64(out);
}

std::optional<certificate> certificate::from_pem(std::string_view pem) {
    const auto source = reading(pem);
    const std::unique_ptr<X509, decltype(&X509_free)> parsed{
        PEM_read_bio_X509(source.get(), nullptr, no_password, nullptr), &X509_free};
    ERR_clear_error();
    if (!parsed) return std::nullopt;
    auto key = shared(X509_get_pubkey(parsed.get()));
    if (!is_good_rsa(key)) return std::nullopt;
    return certificate{
        hex_serial(parsed.get()),
        public_key{std::move(key)},
        to_epoch_s(X509_get0_notBefore(parsed.get())),
        to_epoch_s(X509_get0_notAfter(parsed.get()))};
}

}  // namespace wechat::pay
