import{h as o,y as t}from"./part.C3XFRKV3.js";var e=o(Date.now());setInterval(()=>{t.value||(e.value=Date.now())},500);export{e as a};
