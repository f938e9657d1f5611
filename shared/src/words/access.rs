//! Each language's words for a screen that may not look.

use super::Access;
use crate::phrase::phrase;

pub(super) const ENGLISH: Access = Access {
    no_access: phrase("This screen may not see this board yet."),
    wrong_link: phrase("The link in this address is not valid. Ask for a new one."),
    partial_link: phrase(
        "The link in this address is not valid: a part of it may be missing. Open the whole link.",
    ),
    other_board: phrase("The link in this address is for another board."),
    revoked: phrase("The link of this screen was revoked. It shows no numbers any more."),
    expired: phrase("The link of this screen has expired. It shows no numbers any more."),
    untrusted_peer: phrase("This board is to be opened through the company's sign-in."),
    no_cookies: phrase(
        "This screen’s cookie gets lost, and without it no board can be shown. Allow cookies \
         for this address in the browser; a proxy on the way must pass the headers Cookie and \
         Set-Cookie.",
    ),
    no_cookies_in_plain_frame: phrase(
        "Browsers keep no cookie by plain HTTP inside a frame of another site, and without it \
         no board can be shown. Give the server a certificate (https), or open its address in \
         a separate tab.",
    ),
    no_cookies_in_frame: phrase(
        "This screen’s cookie gets lost inside the frame of another page. The browser must \
         allow third-party cookies for this address; a proxy that speaks https for the server \
         must send X-Forwarded-Proto and be named in QUEUEWALL_TRUSTED_PROXIES. Or open the \
         address in a separate tab.",
    ),
    let_in: phrase("To let this screen in, run on the Queuewall server:"),
    code_life: phrase("A code is valid for {0} minutes; then a new one appears here."),
};

pub(super) const GERMAN: Access = Access {
    no_access: phrase("Dieser Bildschirm darf das Board noch nicht sehen."),
    wrong_link: phrase(
        "Der Link in dieser Adresse ist nicht gültig. Bitte einen neuen Link anfordern.",
    ),
    partial_link: phrase(
        "Der Link in dieser Adresse ist nicht gültig: Vielleicht fehlt ein Teil. Bitte den ganzen Link öffnen.",
    ),
    other_board: phrase("Der Link in dieser Adresse gehört zu einem anderen Board."),
    revoked: phrase(
        "Der Link dieses Bildschirms wurde widerrufen. Hier erscheinen keine Zahlen mehr.",
    ),
    expired: phrase(
        "Der Link dieses Bildschirms ist abgelaufen. Hier erscheinen keine Zahlen mehr.",
    ),
    untrusted_peer: phrase("Dieses Board ist über die Anmeldung des Unternehmens zu öffnen."),
    no_cookies: phrase(
        "Das Cookie dieses Bildschirms geht verloren, und ohne es lässt sich kein Board \
         anzeigen. Im Browser Cookies für diese Adresse erlauben; ein Proxy auf dem Weg muss \
         die Header Cookie und Set-Cookie durchlassen.",
    ),
    no_cookies_in_plain_frame: phrase(
        "Im Frame einer anderen Website behalten Browser über einfaches HTTP kein Cookie, \
         und ohne es lässt sich kein Board anzeigen. Dem Server ein Zertifikat geben (https) \
         oder seine Adresse in einem eigenen Tab öffnen.",
    ),
    no_cookies_in_frame: phrase(
        "Das Cookie dieses Bildschirms geht im Frame einer anderen Seite verloren. Der \
         Browser muss Cookies von Drittanbietern für diese Adresse erlauben; ein Proxy, der \
         für den Server https spricht, muss X-Forwarded-Proto senden und in \
         QUEUEWALL_TRUSTED_PROXIES stehen. Oder die Adresse in einem eigenen Tab öffnen.",
    ),
    let_in: phrase("Um diesen Bildschirm zuzulassen, auf dem Queuewall-Server ausführen:"),
    code_life: phrase("Ein Code gilt {0} Minuten; danach erscheint hier ein neuer."),
};

pub(super) const SPANISH: Access = Access {
    no_access: phrase("Esta pantalla aún no puede ver este panel."),
    wrong_link: phrase("El enlace de esta dirección no es válido. Pida un enlace nuevo."),
    partial_link: phrase(
        "El enlace de esta dirección no es válido: puede que falte una parte. Abra el enlace completo.",
    ),
    other_board: phrase("El enlace de esta dirección es de otro panel."),
    revoked: phrase("El enlace de esta pantalla fue revocado. Aquí ya no aparecen cifras."),
    expired: phrase("El enlace de esta pantalla ha caducado. Aquí ya no aparecen cifras."),
    untrusted_peer: phrase("Este panel se abre a través del inicio de sesión de la empresa."),
    no_cookies: phrase(
        "La cookie de esta pantalla se pierde, y sin ella no se puede mostrar ningún panel. \
         Permita las cookies de esta dirección en el navegador; un proxy intermedio debe \
         dejar pasar las cabeceras Cookie y Set-Cookie.",
    ),
    no_cookies_in_plain_frame: phrase(
        "Dentro de un marco de otro sitio, los navegadores no guardan cookies por HTTP sin \
         cifrar, y sin ellas no se puede mostrar ningún panel. Dé un certificado al servidor \
         (https), o abra su dirección en una pestaña aparte.",
    ),
    no_cookies_in_frame: phrase(
        "La cookie de esta pantalla se pierde dentro del marco de otra página. El navegador \
         debe permitir cookies de terceros para esta dirección; un proxy que habla https por \
         el servidor debe enviar X-Forwarded-Proto y figurar en QUEUEWALL_TRUSTED_PROXIES. O \
         abra la dirección en una pestaña aparte.",
    ),
    let_in: phrase("Para admitir esta pantalla, ejecute en el servidor de Queuewall:"),
    code_life: phrase("Un código es válido {0} minutos; después aparece aquí el siguiente."),
};

pub(super) const FRENCH: Access = Access {
    no_access: phrase("Cet écran n’a pas encore le droit de voir ce tableau."),
    wrong_link: phrase("Le lien de cette adresse n’est pas valable. Demandez un nouveau lien."),
    partial_link: phrase(
        "Le lien de cette adresse n’est pas valable\u{a0}: il en manque peut-être une partie. Ouvrez le lien complet.",
    ),
    other_board: phrase("Le lien de cette adresse est celui d’un autre tableau."),
    revoked: phrase("Le lien de cet écran a été révoqué. L’écran n’affiche plus de chiffres."),
    expired: phrase("Le lien de cet écran a expiré. L’écran n’affiche plus de chiffres."),
    untrusted_peer: phrase("Ce tableau s’ouvre par la page de connexion de l’entreprise."),
    no_cookies: phrase(
        "Le cookie de cet écran se perd, et sans lui aucun tableau ne peut s’afficher. \
         Autorisez les cookies de cette adresse dans le navigateur\u{a0}; un proxy \
         intermédiaire doit laisser passer les en-têtes Cookie et Set-Cookie.",
    ),
    no_cookies_in_plain_frame: phrase(
        "Dans un cadre d’un autre site, les navigateurs ne gardent aucun cookie en HTTP non \
         chiffré, et sans lui aucun tableau ne peut s’afficher. Donnez un certificat au \
         serveur (https), ou ouvrez son adresse dans un onglet à part.",
    ),
    no_cookies_in_frame: phrase(
        "Le cookie de cet écran se perd dans le cadre d’une autre page. Le navigateur doit \
         autoriser les cookies tiers pour cette adresse\u{a0}; un proxy qui parle https à la \
         place du serveur doit envoyer X-Forwarded-Proto et figurer dans \
         QUEUEWALL_TRUSTED_PROXIES. Ou ouvrez l’adresse dans un onglet à part.",
    ),
    let_in: phrase("Pour admettre cet écran, exécutez sur le serveur Queuewall\u{a0}:"),
    code_life: phrase("Un code est valable {0}\u{a0}minutes, puis le suivant s’affiche ici."),
};

pub(super) const PORTUGUESE: Access = Access {
    no_access: phrase("Esta tela ainda não pode ver este painel."),
    wrong_link: phrase("O link deste endereço não é válido. Peça um novo link."),
    partial_link: phrase(
        "O link deste endereço não é válido: talvez falte uma parte. Abra o link completo.",
    ),
    other_board: phrase("O link deste endereço é de outro painel."),
    revoked: phrase("O link desta tela foi revogado. Ela não mostra mais números."),
    expired: phrase("O link desta tela expirou. Ela não mostra mais números."),
    untrusted_peer: phrase("Este painel deve ser aberto pelo login da empresa."),
    no_cookies: phrase(
        "O cookie desta tela se perde, e sem ele nenhum painel pode ser exibido. Permita \
         cookies deste endereço no navegador; um proxy intermediário deve deixar passar os \
         cabeçalhos Cookie e Set-Cookie.",
    ),
    no_cookies_in_plain_frame: phrase(
        "Dentro de um quadro de outro site, os navegadores não guardam cookies por HTTP sem \
         criptografia, e sem eles nenhum painel pode ser exibido. Dê um certificado ao \
         servidor (https), ou abra o endereço em uma aba separada.",
    ),
    no_cookies_in_frame: phrase(
        "O cookie desta tela se perde dentro do quadro de outra página. O navegador deve \
         permitir cookies de terceiros para este endereço; um proxy que fala https pelo \
         servidor deve enviar X-Forwarded-Proto e constar em QUEUEWALL_TRUSTED_PROXIES. Ou \
         abra o endereço em uma aba separada.",
    ),
    let_in: phrase("Para admitir esta tela, execute no servidor do Queuewall:"),
    code_life: phrase("Um código vale por {0} minutos; depois o próximo aparece aqui."),
};
