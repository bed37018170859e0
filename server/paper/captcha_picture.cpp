#include "server/paper/captcha_picture.hpp"

#include "server/base/error.hpp"
#include "server/paper/drawing.hpp"

namespace paper {
namespace {

// Twice the size on the page, for screens with small points.
constexpr int scale = 2;
constexpr double pi = 3.14159265358979;

// Draws from bytes that somebody else made random; begins again at their end.
class dice {
public:
    explicit dice(std::string_view noise) : noise_{noise} {
        base::ensure(!noise.empty(), "a captcha is drawn with some noise");
    }
    double between(double low, double high) {
        const auto fine = next_byte() * 256 + next_byte();
        return low + (high - low) * fine / 65535.0;
    }

private:
    int next_byte() {
        const auto byte = static_cast<unsigned char>(noise_[at_]);
        at_ = (at_ + 1) % noise_.size();
        return byte;
    }

    std::string_view noise_;
    std::size_t at_ = 0;
};

void dark_colour(cairo_t* out, dice& luck) {
    cairo_set_source_rgb(
        out, luck.between(0, 0.25), luck.between(0.1, 0.3), luck.between(0.25, 0.5)
    );
}

void draw_ground(cairo_t* out, dice& luck) {
    cairo_set_source_rgb(out, 0.955, 0.965, 0.98);
    cairo_paint(out);
    for (int i = 0; i < 60; ++i) {
        cairo_set_source_rgba(out, 0.2, 0.3, 0.5, luck.between(0.1, 0.35));
        const auto x = luck.between(0, captcha_width);
        const auto y = luck.between(0, captcha_height);
        cairo_arc(out, x, y, luck.between(0.5, 1.2), 0, 2 * pi);
        cairo_fill(out);
    }
}

void draw_letter(cairo_t* out, dice& luck, const std::string& letter, double middle) {
    const layout shape{pango_cairo_create_layout(out)};
    const font face{pango_font_description_from_string("Sans Bold")};
    pango_font_description_set_absolute_size(face.get(), luck.between(27, 33) * PANGO_SCALE);
    pango_layout_set_font_description(shape.get(), face.get());
    pango_layout_set_text(shape.get(), letter.c_str(), -1);
    int width = 0;
    int height = 0;
    pango_layout_get_pixel_size(shape.get(), &width, &height);
    cairo_save(out);
    cairo_translate(out, middle, captcha_height / 2.0 + luck.between(-5, 5));
    cairo_rotate(out, luck.between(-0.38, 0.38));
    cairo_translate(out, -width / 2.0, -height / 2.0);
    dark_colour(out, luck);
    pango_cairo_show_layout(out, shape.get());
    cairo_restore(out);
}

void draw_waves(cairo_t* out, dice& luck) {
    for (int i = 0; i < 3; ++i) {
        dark_colour(out, luck);
        cairo_set_line_width(out, luck.between(1.1, 1.8));
        cairo_move_to(out, luck.between(0, 12), luck.between(8, captcha_height - 8));
        cairo_curve_to(
            out,
            luck.between(30, 70),
            luck.between(-15, captcha_height + 15),
            luck.between(90, 130),
            luck.between(-15, captcha_height + 15),
            luck.between(148, captcha_width),
            luck.between(8, captcha_height - 8)
        );
        cairo_stroke(out);
    }
}

}  // namespace

std::string captcha_picture(std::string_view letters, std::string_view noise) {
    dice luck{noise};
    const surface sheet{cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, captcha_width * scale, captcha_height * scale
    )};
    const pen out{cairo_create(sheet.get())};
    cairo_scale(out.get(), scale, scale);
    draw_ground(out.get(), luck);
    const double step = captcha_width / (static_cast<double>(letters.size()) + 0.4);
    double middle = step * 0.7;
    for (const char letter : letters) {
        draw_letter(out.get(), luck, std::string(1, letter), middle + luck.between(-3, 3));
        middle += step;
    }
    draw_waves(out.get(), luck);
    std::string png;
    const auto written = cairo_surface_write_to_png_stream(sheet.get(), append, &png);
    base::ensure(written == CAIRO_STATUS_SUCCESS, "a captcha can be drawn");
    return png;
}

}  // namespace paper
